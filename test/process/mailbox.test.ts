import assert from 'node:assert/strict';
import { test } from 'node:test';
import { immediateFragment } from '../../src/memory/fragment.ts';
import { Mailbox } from '../../src/process/mailbox.ts';
import type { RefKey } from '../../src/process/references.ts';
import { makeSmall, smallValue } from '../../src/term/term.ts';

function mailboxOf(...values: number[]): Mailbox {
  const mailbox = new Mailbox();
  for (const value of values) mailbox.append(immediateFragment(makeSmall(value)));
  return mailbox;
}

function unread(mailbox: Mailbox): number | undefined {
  return mailbox.unread === undefined ? undefined : smallValue(mailbox.unread.term);
}

function contents(mailbox: Mailbox): number[] {
  return [...mailbox.messages()].map(({ term }) => smallValue(term));
}

test('messages that are skipped stay in place', () => {
  const mailbox = mailboxOf(1, 2, 3);
  mailbox.skip(1);
  assert.equal(smallValue(mailbox.take().term), 2);
  assert.deepEqual(contents(mailbox), [1, 3]);
  assert.equal(unread(mailbox), 1);
  assert.equal(mailbox.length, 2);
});

test('after all were skipped the next arrival is unread', () => {
  const mailbox = mailboxOf(1);
  mailbox.skip(1);
  assert.equal(unread(mailbox), undefined);
  mailbox.append(immediateFragment(makeSmall(2)));
  assert.equal(unread(mailbox), 2);
  mailbox.rewind();
  assert.equal(unread(mailbox), 1);
});

test('a marker leads past older messages', () => {
  const key = 7 as RefKey;
  const mailbox = mailboxOf(1, 2);
  mailbox.bindMarker(mailbox.reserveMarker(), key);
  mailbox.append(immediateFragment(makeSmall(3)));
  mailbox.append(immediateFragment(makeSmall(4)));
  mailbox.useMarker(key);
  assert.equal(unread(mailbox), 3);
  mailbox.take();
  mailbox.useMarker(key);
  assert.equal(unread(mailbox), 4);
  mailbox.clearMarker(key);
  mailbox.rewind();
  mailbox.useMarker(key);
  assert.equal(unread(mailbox), 1);
});

test('a marker before any message that could match', () => {
  const key = 9 as RefKey;
  const mailbox = mailboxOf(1, 2);
  mailbox.bindMarker(mailbox.reserveMarker(), key);
  mailbox.useMarker(key);
  assert.equal(unread(mailbox), undefined);
  mailbox.append(immediateFragment(makeSmall(3)));
  assert.equal(unread(mailbox), 3);
});

test('of many markers the oldest gives way, which only costs time', () => {
  const mailbox = mailboxOf(1);
  for (let i = 0; i < 20; i++) mailbox.bindMarker(mailbox.reserveMarker(), i as RefKey);
  mailbox.useMarker(0 as RefKey);
  assert.equal(unread(mailbox), 1);
  mailbox.useMarker(19 as RefKey);
  assert.equal(unread(mailbox), undefined);
});
