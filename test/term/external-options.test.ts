import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HTOP } from '../../src/memory/map.ts';
import { load } from '../../src/memory/memory.ts';
import { atom } from '../../src/term/atoms.ts';
import { bitSize, copyOfBytes, isOffHeap, makeBinary, subBits } from '../../src/term/bits.ts';
import { listOf, tuple } from '../../src/term/build.ts';
import { ErlangError } from '../../src/term/erlang-error.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import { encodeExternal, encodeIovec } from '../../src/term/external-encode.ts';
import { parseDecodeOptions, parseEncodeOptions } from '../../src/term/external-options.ts';
import type { Term } from '../../src/term/layout.ts';
import { makePid, makeRef, Nodes, nodes } from '../../src/term/nodes.ts';
import { whole } from '../../src/term/parts.ts';
import { head, isCons, makeSmall, tail } from '../../src/term/term.ts';
import { freshHeap } from '../support/heap.ts';
import { evalNative } from '../support/oracle.ts';
import { deflate, inflate } from './external-support.ts';

function elements(list: Term): Term[] {
  const all: Term[] = [];
  for (let rest = list; isCons(rest); rest = tail(rest)) all.push(head(rest));
  return all;
}

function raises(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (error) {
    if (error instanceof ErlangError) return true;
    throw error;
  }
}

const OPTION_LISTS = [
  `[]`,
  `[compressed]`,
  `[{compressed, 0}]`,
  `[{compressed, 9}]`,
  `[{compressed, 10}]`,
  `[{compressed, -1}]`,
  `[{minor_version, 0}]`,
  `[{minor_version, 3}]`,
  `[{minor_version, 1}, {minor_version, 0}, deterministic]`,
  `[deterministic, local]`,
  `[local]`,
  `[local | deterministic]`,
  `[iovec]`,
  `[{fragment, 1}]`,
  `[{compressed, 1, 2}]`,
  `local`,
  `[safe]`,
  `[safe, used]`,
  `[used, other]`,
  `[used | safe]`,
];

test('option lists are understood or refused as native OTP does', () => {
  freshHeap();
  const term = '{1.5, "abc", xyz, lists:duplicate(50, abcdef)}';
  const tries = OPTION_LISTS.flatMap((list) => [
    list,
    `try term_to_binary(${term}, ${list}) of B -> B catch error:badarg -> badarg end`,
    `try binary_to_term(<<131, 97, 1>>, ${list}) of _ -> ok catch error:badarg -> badarg end`,
  ]);
  const values = evalNative([term, ...tries]).map((result) => {
    assert.equal(result.kind, 'value');
    return result.kind === 'value' ? decodeExternal(result.value.bytes) : makeSmall(0);
  });
  const badarg = atom('badarg');
  const subject = values[0] as Term;
  for (const [i, text] of OPTION_LISTS.entries()) {
    const [list, encoded, decoded] = values.slice(1 + i * 3, 4 + i * 3) as [Term, Term, Term];
    assert.equal(
      raises(() => parseEncodeOptions(list)),
      encoded === badarg,
      `term_to_binary ${text}`,
    );
    assert.equal(
      raises(() => parseDecodeOptions(list)),
      decoded === badarg,
      `binary_to_term ${text}`,
    );
    if (encoded === badarg || text.includes('local')) continue;
    const expected = copyOfBytes(encoded);
    const actual = encodeExternal(subject, { ...parseEncodeOptions(list), deflate });
    assert.equal(actual[1], expected[1], text);
    const plain = encodeExternal(decodeExternal(expected, { inflate }));
    assert.deepEqual(encodeExternal(decodeExternal(actual, { inflate })), plain);
    if (actual[1] !== 80) assert.deepEqual(actual, Uint8Array.from(expected));
  }
});

test('term_to_iovec shares large binaries and copies all else', () => {
  freshHeap();
  const large = makeBinary(new Uint8Array(200).fill(7));
  const shifted = subBits(large, 3, 1200);
  const odd = subBits(large, 8, 1203);
  const term = tuple(large, makeBinary(new Uint8Array(64)), shifted, odd, listOf([makeSmall(1)]));
  const parts = elements(whole(encodeIovec(term)));
  assert.equal(parts.includes(large), true);
  assert.equal(parts.filter((part) => isOffHeap(part) && bitSize(part) === 1200).length, 1);
  assert.equal(parts.length, 5);
  const joined = Buffer.concat(parts.map((part) => copyOfBytes(part)));
  assert.deepEqual(Uint8Array.from(joined), encodeExternal(term));
});

test('terms encoded with local are taken back by the same node only unchanged', () => {
  freshHeap();
  const bytes = encodeExternal(tuple(makePid(0, 77, 0), makeRef(0, [1, 2, 3])), { local: true });
  assert.deepEqual(encodeExternal(decodeExternal(bytes), { local: true }), bytes);
  for (let at = 2; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] = (changed[at] as number) ^ 1;
    assert.ok(
      raises(() => decodeExternal(changed)),
      `byte ${at}`,
    );
  }
  nodes.current.localSalt ^= 1;
  assert.ok(raises(() => decodeExternal(bytes)));
  nodes.current.localSalt ^= 1;
});

test('a node that gets a name encodes its own identifiers with it, and knows them again', () => {
  freshHeap();
  const before = nodes.current;
  nodes.current = new Nodes();
  const pid = makePid(0, 5, 0);
  const anonymous = encodeExternal(pid);
  nodes.current.setSelf(atom('a@b'), 9);
  const named = encodeExternal(pid);
  assert.notDeepEqual(named, anonymous);
  assert.equal(decodeExternal(named), pid);
  assert.notEqual(decodeExternal(anonymous), pid);
  assert.deepEqual(encodeExternal(decodeExternal(anonymous)), anonymous);
  nodes.current = before;
});

test('sizes that the input cannot back are refused before anything is allocated', () => {
  freshHeap();
  const inputs = [
    [131, 108, 255, 255, 255, 255, 106],
    [131, 105, 0, 255, 255, 255],
    [131, 116, 127, 255, 255, 255],
    [131, 109, 255, 255, 255, 255],
    [131, 77, 255, 255, 255, 255, 1],
    [131, 111, 255, 255, 255, 255, 0],
    [131, 80, 255, 255, 255, 255, 120, 156],
    [131, 104, 255, ...Array.from({ length: 250 }, () => [108, 0, 0, 0, 1]).flat()],
  ];
  for (const input of inputs) {
    const top = load(HTOP);
    assert.ok(raises(() => decodeExternal(Uint8Array.from(input), { inflate })));
    assert.equal(load(HTOP), top);
  }
});
