import assert from 'node:assert/strict';
import { test } from 'node:test';
import { erlc, erlcAll, evalNative, type NativeResult, nativeModule } from './oracle.ts';

function valueText(result: NativeResult | undefined): string {
  assert.equal(result?.kind, 'value');
  return result.value.text;
}

test('expressions give their values as bytes and as text, or what they raised', () => {
  const results = evalNative(
    [
      'X = 1, {ok, X + 1}',
      '<<"é"/utf8>>',
      'hd([])',
      'throw(ball)',
      'exit(self(), kill), receive after infinity -> ok end',
      'receive after infinity -> ok end',
    ],
    { timeout: 2000 },
  );
  assert.deepEqual(results[0], {
    kind: 'value',
    // 131, small tuple of 2, small atom of 2 bytes "ok", small integer 2
    value: { bytes: Buffer.from([131, 104, 2, 119, 2, 111, 107, 97, 2]), text: '{ok,2}' },
  });
  assert.equal(valueText(results[1]), '<<195,169>>');
  assert.equal(results[2]?.kind === 'raise' && `${results[2].class}:${results[2].reason.text}`, 'error:badarg');
  assert.equal(results[3]?.kind === 'raise' && `${results[3].class}:${results[3].reason.text}`, 'throw:ball');
  assert.equal(results[4]?.kind === 'killed' && results[4].reason.text, 'killed');
  assert.equal(results[5]?.kind, 'timeout');
});

test('functions of compiled modules run, with arguments as text and as bytes', () => {
  const beams = erlcAll([
    '-module(adder).\n-export([add/2]).\nadd(X, Y) ->\n    X + Y.\n',
    '-module(caller).\n-export([twice/1]).\ntwice(X) -> adder:add(X, X).\n',
  ]);
  const results = nativeModule(beams, [
    { module: 'caller', function: 'twice', arguments: '[21]' },
    { module: 'adder', function: 'add', arguments: [Buffer.from([131, 97, 1]), Buffer.from([131, 97, 2])] },
    { module: 'adder', function: 'add', arguments: '[1, a]' },
  ]);
  assert.equal(valueText(results[0]), '42');
  assert.equal(valueText(results[1]), '3');
  const failed = results[2];
  assert.equal(failed?.kind, 'raise');
  assert.equal(failed.reason.text, 'badarith');
  assert.match(failed.stack.text, /^\[\{erlang,'\+',\[1,a\],.*\},\{adder,add,2,\[\{file,\[97,.*\]\},\{line,4\}\]\}\]$/);
});

test('what does not compile is an error that says why, and what did is kept', () => {
  assert.throws(() => erlc('-module(broken).\nf( ->\n'), /broken\.erl:2:4: syntax error/);
  assert.throws(() => evalNative(['1 +']), /not Erlang: 1 \+/);
  const source = '-module(kept).\n';
  assert.equal(erlc(source), erlc(source));
  assert.notEqual(erlc(source), erlc(source, { flags: ['+debug_info'] }));
});
