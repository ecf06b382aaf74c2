/** erl, erlc and escript take what native ones take: output, errors and status are those of native OTP, byte by byte. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runEnigma, runNative } from '../boot/run-both.ts';

const cwd = mkdtempSync(join(tmpdir(), 'enigma-'));
const ESCRIPT = '#!/usr/bin/env escript\n';

const files: Readonly<Record<string, string>> = {
  'warns.erl': '-module(warns).\n-export([f/1]).\nf(X) -> Y = 1, X.\n',
  'fails.erl': '-module(fails).\n-export([f/1]).\nf(X) -> g(X).\n',
  'scan.xrl':
    'Definitions.\nRules.\n[a-z]+ : {token, {word, TokenLine, TokenChars}}.\n\\s : skip_token.\nErlang code.\n',
  'parse.yrl': "Nonterminals all.\nTerminals word.\nRootsymbol all.\nall -> word : '$1'.\n",
  'args.escript': `${ESCRIPT}%% -*- erlang -*-
%%! -given x y +P 5000
main(["crash"]) -> error(boom);
main(["throw"]) -> throw(boom);
main(["halt", N]) -> halt(list_to_integer(N));
main(A) -> io:format("~p ~p ~p ~p~n",
  [A, escript:script_name(), init:get_argument(given), erlang:system_info(process_limit)]).
`,
  'broken.escript': `${ESCRIPT}main(_) -> X = \n`,
  'warns.escript': `${ESCRIPT}main(_) -> Y = 1, ok.\n`,
  'bad-flag.escript': `${ESCRIPT}%%! +bad_flag\nmain(_) -> ok.\n`,
  'create.escript': `${ESCRIPT}
main([]) ->
  {ok, Ts, _} = erl_scan:string("-module(m). -export([main/1]). main(A) -> io:format(\\"beam ~p~n\\", [A])."),
  {_, Fs} = lists:foldl(fun({dot, _} = D, {T, F}) -> {ok, X} = erl_parse:parse_form(lists:reverse([D | T])), {[], F ++ [X]};
                           (X, {T, F}) -> {[X | T], F} end, {[], []}, Ts),
  {ok, m, B} = compile:forms(Fs),
  ok = escript:create("beam.escript", [shebang, {emu_args, "-x 1"}, {beam, B}]),
  {ok, {_, Z}} = zip:create("z", [{"m/ebin/m.beam", B}, {"m/priv/a.txt", <<"hello">>}], [memory]),
  ok = escript:create("zip.escript", [shebang, comment, {emu_args, "-escript main m"}, {archive, Z}]),
  {ok, S} = escript:extract("zip.escript", []),
  io:format("~p~n", [[element(1, X) || X <- S]]).
`,
};

/** Each line in this order: later ones use what earlier ones made. */
const lines: readonly string[] = [
  'erlc warns.erl',
  'erlc -Werror warns.erl',
  'erlc -o no_such_folder warns.erl',
  'erlc fails.erl warns.erl',
  'erlc -S warns.erl',
  'erlc -M warns.erl',
  'erlc warns.S',
  'erlc scan.xrl parse.yrl scan.erl parse.erl',
  'erlc -foo warns.erl',
  'erlc +bad} warns.erl',
  'erlc missing.erl',
  'erlc warns.unknown',
  'erlc -pa',
  'erlc -pa . -pz . -DX=1 -I. +{d,y} warns.erl',
  'erlc -d -W0 fails.erl',
  'erlc',
  'escript',
  'escript missing',
  'escript args.escript a b',
  'escript args.escript crash',
  'escript args.escript throw',
  'escript args.escript halt 7',
  'escript -c args.escript x',
  'escript -s args.escript',
  'escript broken.escript',
  'escript -s warns.escript',
  'escript bad-flag.escript',
  'escript create.escript',
  'escript zip.escript q',
  'erl +P 5',
  'erl +q',
  'erl +SDcpu 0:9',
  'erl +fnuX',
  'erl +JX y',
  'erl +IOt 0',
  'erl +IOx 3',
  'erl +Bx',
  'erl +sbwt foo',
  'erl +zdbbl 0',
  'erl +hmqd x',
  'erl +R 2',
  'erl +v -version',
  'erl -start_epmd maybe',
  'erl -smp disable',
  'erl -no_epmd',
];

before(() => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
});
after(() => rmSync(cwd, { recursive: true }));

for (const line of lines) {
  test(line, () => {
    const [program, ...args] = line.split(' ');
    const options = { cwd, program: program as 'erl' | 'erlc' | 'escript' };
    assert.deepEqual(runEnigma(args, options), runNative(args, options));
  });
}

test('what runs under Enigma and starts erl starts Enigma', () => {
  const inner = "'io:format([126,112],[erlang:system_info(wordsize)]),halt().'";
  const program = `io:format("~p ~s", [erlang:system_info(wordsize), os:cmd("erl -noshell -eval ${inner}")]), halt().`;
  assert.deepEqual(runEnigma(['-noshell', '-eval', program], { cwd }), { stdout: '4 4', stderr: '', status: 0 });
});
