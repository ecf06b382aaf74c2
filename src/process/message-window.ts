/**
 * The messages that generated code may look at without a call: the unread one in the VM register MESSAGE, and then those behind it, as
 * many as were laid out at MESSAGES. Only while a receive goes through its messages does MESSAGE_CURSOR stand elsewhere than at the start:
 * nothing but what ends or goes on with a receive has to count what was stepped over.
 */
import { MAX_SHOWN_MESSAGES, MESSAGE, MESSAGE_CURSOR, MESSAGES } from '../memory/map.ts';
import { load, plus, store } from '../memory/memory.ts';
import { NON_VALUE } from '../term/layout.ts';
import type { Mailbox } from './mailbox.ts';

/** How many times as many messages are laid out as were stepped over last: most receives look at few. */
const GROWTH = 4;

/** Lets generated code see the message that is to be looked at next, and no other. */
export function showMessage({ unread }: Mailbox): void {
  store(MESSAGE, unread === undefined ? NON_VALUE : unread.term);
  store(MESSAGE_CURSOR, MESSAGES);
  store(plus(MESSAGES, 4), NON_VALUE);
}

/** Generated code has stepped over all that it saw: lays out those that follow. */
export function showMore(mailbox: Mailbox): void {
  const passed = steppedOver();
  mailbox.skip(passed);
  showMessage(mailbox);
  const wanted = Math.min(passed * GROWTH, MAX_SHOWN_MESSAGES);
  let message = mailbox.unread;
  for (let i = 0; message !== undefined && i <= wanted; i++) {
    store(plus(MESSAGES, 4 * i), i < wanted ? message.term : NON_VALUE);
    message = message.next;
    if (message === undefined) store(plus(MESSAGES, 4 * i + 4), NON_VALUE);
  }
}

/** Makes the message that generated code looks at the mailbox's unread one. */
export function passMessages(mailbox: Mailbox): void {
  mailbox.skip(steppedOver());
}

function steppedOver(): number {
  return (load(MESSAGE_CURSOR) - MESSAGES) / 4;
}
