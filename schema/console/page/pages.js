// SPDX-License-Identifier: Apache-2.0
/** A list that the server gives in pages: the first with its state, more as they are scrolled to. */
import { useEffect, useRef, useState } from './hooks.js';
import { useLoad } from './load.js';
import { get } from './api.js';

/** @param {any} page of an answer's meta */
const cursor = (page) => page.next ?? null;

/**
 * @param {string} path of the first page
 * @param {(path: string, next: any) => string} nextPath
 * @param {(page: any) => any} [nextOf] null: there is none
 */
export function usePages(path, nextPath, nextOf = cursor) {
  const first = useLoad(path);
  const [more, setMore] = useState(/** @type {{of: any, rows: any[], next: any}} */ ({ of: undefined, rows: [], next: null }));
  const reading = useRef(false);
  const mine = more.of === first.data ? more : { of: first.data, rows: [], next: first.data ? nextOf(first.data.meta.page) : null };
  useEffect(() => {
    reading.current = false;
  }, [first.data]);
  const readMore = async () => {
    if (reading.current || mine.next === null) return;
    reading.current = true;
    const { of } = mine;
    try {
      const page = await get(nextPath(path, mine.next));
      setMore({ of, rows: [...mine.rows, ...page.data], next: nextOf(page.meta.page) });
    } catch {
      // The next scroll tries again.
    } finally {
      reading.current = false;
    }
  };
  const rows = first.data ? [...first.data.data, ...mine.rows] : [];
  return { first, rows, readMore, complete: mine.next === null };
}

/** @param {string} path @param {any} next */
export const after = (path, next) => `${path}${path.includes('?') ? '&' : '?'}page%5Bafter%5D=${encodeURIComponent(next)}`;
/** @param {string} path @param {any} next */
export const before = (path, next) => `${path}${path.includes('?') ? '&' : '?'}page%5Bbefore%5D=${encodeURIComponent(next)}`;
/** Pages by their number. @param {string} path @param {any} next */
export const numbered = (path, next) => `${path}${path.includes('?') ? '&' : '?'}page%5Bnumber%5D=${next}`;
/** @param {{number: number, size: number, total: number}} page */
export const nextNumber = (page) => (page.number * page.size < page.total ? page.number + 1 : null);
