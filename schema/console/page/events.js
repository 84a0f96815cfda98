// SPDX-License-Identifier: Apache-2.0
/**
 * What changes in the organization, as it does. One stream for all pages of a browser, which has six
 * connections in all: the page that holds a lock reads, the others hear it; when it goes, the next
 * holds the lock.
 */
import { effect, signal } from './signals.js';
import { useEffect, useRef } from './hooks.js';
import { Problem, refused, send } from './api.js';
import { resume, session } from './session.js';

const kPause = 250; // ms between two draws
const kRetryFirst = 1000;
const kRetryMost = 30000;

/** @typedef {{kind: string, data: any}} Happened */

/** live, or lost since a time and until another try. @type {import('./signals.js').Signal<{live: boolean, since?: number, retry?: number, denied?: boolean}>} */
export const stream = signal({ live: false });

const channel = new BroadcastChannel('skyden-events');
/** @type {Set<(all: Happened[]) => void>} */
const listeners = new Set();
/** @type {Happened[]} */
let waiting = [];
let drawn = 0;
let timer = 0;
let leads = false;
let last = '';

function tell() {
  timer = 0;
  drawn = Date.now();
  const all = waiting;
  waiting = [];
  for (const listener of [...listeners]) listener(all);
}

/** The first is told at once, then they come together. @param {Happened} happened */
function take(happened) {
  waiting.push(happened);
  if (!timer) timer = window.setTimeout(tell, Math.max(0, drawn + kPause - Date.now()));
}

/** @param {{live: boolean, since?: number, retry?: number, denied?: boolean}} state */
function say(state) {
  stream.value = state;
  channel.postMessage({ state });
}

channel.onmessage = (/** @type {MessageEvent} */ { data }) => {
  if (data.session && data.session !== session.value?.id) resume().catch(() => {});
  if (data.refused) {
    refused.value = true;
  } else if (data.ask) {
    if (leads) channel.postMessage({ state: stream.value });
  } else if (data.state) {
    if (!leads) stream.value = data.state;
  } else if (data.happened) {
    take(data.happened);
  }
};

/** Reads until the stream ends. @param {AbortSignal} abort */
async function read(abort) {
  /** @type {Record<string, string>} */
  const headers = { accept: 'text/event-stream' };
  if (last) headers['last-event-id'] = last;
  const response = await send('GET', '/v3/events', { headers, signal: abort });
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  const lost = !stream.value.live && stream.value.since !== undefined;
  say({ live: true });
  // What happened in between is told by the stream, where it knows.
  if (lost && !last) take({ kind: 'reset', data: {} });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const event of parser.feed(value)) {
      if (event.id) last = event.id;
      if (event.kind === 'ready' || !event.data) continue;
      const happened = { kind: event.kind, data: JSON.parse(event.data) };
      take(happened);
      channel.postMessage({ happened });
    }
  }
}

/** @param {number} ms @param {AbortSignal} abort */
const rest = (ms, abort) => new Promise((resolve) => {
  const alarm = setTimeout(resolve, ms);
  abort.addEventListener('abort', () => (clearTimeout(alarm), resolve(undefined)), { once: true });
});

/** The first try after a loss is made at once: a session that was ended is known by it. @param {AbortSignal} abort */
async function lead(abort) {
  leads = true;
  let pause = 0;
  while (!abort.aborted) {
    try {
      await read(abort);
      pause = 0;
    } catch (error) {
      if (abort.aborted) break;
      if (error instanceof Problem && error.status === 401) {
        channel.postMessage({ refused: true });
        break;
      }
      if (!(error instanceof Problem)) pause = 0;
      // Who lists nothing is told nothing; a role that comes later is noticed.
      if (error instanceof Problem && error.status === 403) {
        say({ live: false, denied: true });
        await rest(kRetryMost, abort);
        continue;
      }
    }
    if (abort.aborted) break;
    if (pause) say({ live: false, since: stream.value.since ?? Date.now(), retry: Date.now() + pause });
    await rest(pause, abort);
    pause = Math.min(kRetryMost, pause * 2 || kRetryFirst);
  }
  leads = false;
}

/** While somebody is signed in, and not before. */
effect(() => {
  const who = session.value?.id;
  if (!who) return undefined;
  const abort = new AbortController();
  last = '';
  navigator.locks.request('skyden-events', { signal: abort.signal }, () => lead(abort.signal)).catch(() => {});
  channel.postMessage({ ask: true, session: who });
  return () => abort.abort();
});

/**
 * Calls `fn` with what happened, several together when much does.
 * @param {(all: Happened[]) => void} fn
 */
export function useEvents(fn) {
  const newest = useRef(fn);
  newest.current = fn;
  useEffect(() => {
    /** @param {Happened[]} all */
    const listener = (all) => newest.current(all);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
}

/**
 * Calls `reload` when something of these kinds happens, at once and then at most once a second.
 * @param {() => void} reload
 * @param {(one: Happened) => boolean} concerns
 */
export function useFresh(reload, concerns) {
  const state = useRef({ at: 0, timer: 0 });
  useEvents((all) => {
    const now = state.current;
    if (now.timer || !all.some((one) => one.kind === 'reset' || concerns(one))) return;
    now.timer = window.setTimeout(() => {
      now.timer = 0;
      now.at = Date.now();
      reload();
    }, Math.max(0, now.at + 1000 - Date.now()));
  });
  useEffect(() => () => clearTimeout(state.current.timer), []);
}

export class EventParser {
  #rest = '';
  #event = { kind: 'message', data: '', id: '' };

  /**
   * @param {string} text
   * @returns {{kind: string, data: string, id: string}[]} the events that it completes
   */
  feed(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    const complete = [];
    for (const line of lines) {
      if (line === '') {
        if (this.#event.data) complete.push(this.#event);
        this.#event = { kind: 'message', data: '', id: '' };
        continue;
      }
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === 'event') this.#event.kind = value;
      else if (field === 'data') this.#event.data += (this.#event.data ? '\n' : '') + value;
      else if (field === 'id') this.#event.id = value;
    }
    return complete;
  }
}
