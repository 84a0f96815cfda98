// SPDX-License-Identifier: Apache-2.0
/** What is said to those who do not see it change: one thing at a time, and not too often. */
import { signal } from './signals.js';

const kPause = 5000;
export const said = signal('');
/** Shown as well, until the next. */
export const notice = signal(/** @type {{text: string, href?: string, link?: string}|null} */ (null));

/** How many causes need somebody now; 0 while nobody has looked. */
export const urgent = signal(0);

let quietUntil = 0;
let timer = 0;
/** @type {string[]} */
let waiting = [];

function speak() {
  timer = 0;
  quietUntil = Date.now() + kPause;
  said.value = waiting.join(' ');
  waiting = [];
}

/** @param {string} text */
export function announce(text) {
  waiting = [...waiting.slice(-2), text];
  if (!timer) timer = window.setTimeout(speak, Math.max(0, quietUntil - Date.now()));
}

/**
 * Something was done: says what, and where it is on record.
 * @param {string} text
 * @param {{href: string, link: string}} [record]
 */
export function done(text, record) {
  notice.value = { text, ...record };
  announce(text);
}
