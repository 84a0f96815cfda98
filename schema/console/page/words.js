// SPDX-License-Identifier: Apache-2.0
/** Numbers, times and words as people say them. */
import { html } from './html.js';
import { signal } from './signals.js';

const numbers = new Intl.NumberFormat('en');
/** @param {number} n */
export const number = (n) => numbers.format(n);
/** "1 zone", "5,000 zones". @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

/** Words that zones' states have here. @type {Record<string, {sign: string, word: string}>} */
export const states = {
  online: { sign: 'good', word: 'online' },
  behind: { sign: 'warning', word: 'behind' },
  offline: { sign: 'bad', word: 'offline' },
  refused: { sign: 'bad', word: 'refused' },
  suspended: { sign: 'unknown', word: 'suspended' },
  never: { sign: 'unknown', word: 'never connected' },
};

const kTick = 15000;
const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), kTick);

const steps = /** @type {[number, string][]} */ ([[86400e3, 'd'], [3600e3, 'h'], [60e3, 'min'], [1e3, 's']]);

/** "6 min", "3 d": the largest unit alone. @param {number} ms */
export function span(ms) {
  for (const [size, unit] of steps) {
    if (ms >= size) return `${Math.floor(ms / size)} ${unit}`;
  }
  return '0 s';
}

/** @param {string} iso */
export const utc = (iso) => `${iso.replace('T', ' ').replace(/(\.\d+)?Z$/, '')} UTC`;

/**
 * "2 min ago", "in 61 d".
 * @param {{at?: string|null, plain?: boolean}} properties plain: without "ago" and "in"
 */
export function Time({ at, plain = false }) {
  if (!at) return null;
  const away = Date.parse(at) - now.value;
  const amount = span(Math.abs(away));
  let text = amount;
  if (!plain) text = away > 0 ? `in ${amount}` : away > -1000 ? 'now' : `${amount} ago`;
  return html`<time datetime=${at} title=${utc(at)}>${text}</time>`;
}

/** The clock's time of a moment in this browser. @param {number} ms */
export const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour12: false });
