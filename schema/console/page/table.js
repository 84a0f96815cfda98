// SPDX-License-Identifier: Apache-2.0
/** A table of any length: real rows, of which those in sight are in the tree. Arrows and j, k move. */
import { html } from './html.js';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from './hooks.js';
import { go } from './routes.js';
import { lettersOn } from './keys.js';

/**
 * @typedef {{key: string, title: string, cell: (row: any) => any, sort?: string, number?: boolean}} Column
 */

/** @param {{column: Column, sort?: string, onSort?: (sort: string) => void}} properties */
function Heading({ column, sort = '', onSort }) {
  const mine = column.sort && sort.replace('-', '') === column.sort;
  const falling = mine && sort.startsWith('-');
  const order = mine ? (falling ? 'descending' : 'ascending') : undefined;
  const press = () => onSort?.(mine && !falling ? `-${column.sort}` : /** @type {string} */ (column.sort));
  return html`<th scope="col" class=${column.number ? 'number' : ''} aria-sort=${order}>${column.sort && onSort
    ? html`<button type="button" class="plain" onClick=${press}>${column.title}<span aria-hidden="true">${mine ? (falling ? ' ↓' : ' ↑') : ''}</span></button>`
    : column.title}</th>`;
}

/**
 * @param {{label: string, columns: Column[], rows: any[], total?: number, rowKey: (row: any) => string,
 *   hrefOf?: (row: any) => string, detail?: (row: any) => any, sort?: string, onSort?: (sort: string) => void,
 *   onMore?: () => void, selected?: Set<string>, onSelect?: (key: string) => void}} properties
 */
export function Table({ label, columns, rows, total, rowKey, hrefOf, detail, sort, onSort, onMore, selected, onSelect }) {
  const [current, setCurrent] = useState(0);
  const [inside, setInside] = useState(false);
  const moving = useRef(false);
  const focused = inside ? current : -1;
  const { body, pieces, lastSeen } = useWindow(rows.length, focused);
  const wantsMore = lastSeen >= rows.length - 10 && rows.length < (total ?? rows.length);
  useEffect(() => {
    if (wantsMore) onMore?.();
  }, [wantsMore, rows.length]);

  useEffect(() => {
    if (!moving.current) return;
    moving.current = false;
    const row = body.current?.querySelector(`tr[data-index="${current}"]`);
    if (row instanceof HTMLElement) {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: 'nearest' });
    }
  });

  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const row = event.target instanceof Element ? event.target.closest('tr[data-index]') : null;
    if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
    const letters = lettersOn.value;
    const steps = /** @type {Record<string, number>} */ ({
      ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length, ...(letters ? { j: 1, k: -1 } : {}) });
    if (event.key in steps) {
      setCurrent(Math.max(0, Math.min(rows.length - 1, current + steps[event.key])));
      moving.current = true;
    } else if (event.key === 'Enter' && hrefOf) {
      go(hrefOf(rows[current]));
    } else if (event.key === 'x' && letters && onSelect) {
      onSelect(rowKey(rows[current]));
    } else {
      return;
    }
    event.preventDefault();
  };

  const line = (/** @type {number} */ index) => {
    const row = rows[index];
    const key = rowKey(row);
    const more = detail?.(row);
    return html`<tr key=${key} data-index=${index} aria-rowindex=${index + 2} tabindex=${index === current ? 0 : -1}
        aria-selected=${selected ? selected.has(key) : undefined} onFocus=${() => setCurrent(index)}>
        ${columns.map((column) => html`<td key=${column.key} class=${column.number ? 'number' : ''} data-title=${column.title}>${column.cell(row)}</td>`)}
      </tr>
      ${more && html`<tr class="detail" key=${`${key} detail`}><td colspan=${columns.length}>${more}</td></tr>`}`;
  };
  return html`<div class="scroll"><table aria-label=${label} aria-rowcount=${(total ?? rows.length) + 1}>
    <thead><tr aria-rowindex="1">${columns.map((column) => html`<${Heading} key=${column.key} column=${column} sort=${sort} onSort=${onSort} />`)}</tr></thead>
    <tbody ref=${body} onKeyDown=${onKeyDown} onFocusIn=${() => setInside(true)} onFocusOut=${() => setInside(false)}>
      ${pieces.map((piece) => ('gap' in piece
        ? html`<tr key=${piece.key} class="gap" aria-hidden="true"><td colspan=${columns.length} style=${{ height: `${piece.gap}px` }}></td></tr>`
        : line(piece.index)))}
    </tbody>
  </table></div>`;
}

const kAround = 1;
const kGuess = 33; // px, until rows were measured

/**
 * @typedef {{index: number}|{gap: number, key: string}} Piece
 * @param {number} total
 * @param {number} kept an index that stays in the tree; -1: none
 */
export function useWindow(total, kept) {
  const body = useRef(/** @type {HTMLElement|null} */ (null));
  const heights = useRef(/** @type {number[]} */ ([]));
  const [seen, setSeen] = useState({ first: 0, last: 30 });

  const heightOf = (/** @type {number} */ i) => heights.current[i] ?? kGuess;
  const look = useCallback(() => {
    if (!body.current) return;
    const top = -body.current.getBoundingClientRect().top;
    const bottom = top + window.innerHeight;
    let first = 0;
    let at = 0;
    while (first < total - 1 && at + heightOf(first) < top) at += heightOf(first++);
    let last = first;
    while (last < total - 1 && at < bottom) at += heightOf(last++);
    setSeen((old) => (old.first === first && old.last === last ? old : { first, last }));
  }, [total]);

  useEffect(() => {
    let frame = 0;
    const later = () => {
      if (!frame) frame = requestAnimationFrame(() => ((frame = 0), look()));
    };
    window.addEventListener('scroll', later, { passive: true });
    window.addEventListener('resize', later);
    later();
    return () => {
      window.removeEventListener('scroll', later);
      window.removeEventListener('resize', later);
      cancelAnimationFrame(frame);
    };
  }, [look]);

  // A row may be higher than guessed, and is when it says why a zone was refused.
  useLayoutEffect(() => {
    let changed = false;
    for (const row of body.current?.querySelectorAll('tr[data-index]') ?? []) {
      const element = /** @type {HTMLElement} */ (row);
      const detail = element.nextElementSibling;
      const height = element.offsetHeight +
        (detail instanceof HTMLElement && detail.classList.contains('detail') ? detail.offsetHeight : 0);
      const index = Number(element.dataset.index);
      if (height && heights.current[index] !== height) changed = true;
      heights.current[index] = height || kGuess;
    }
    if (changed) look();
  });

  const first = Math.max(0, seen.first - kAround);
  const last = Math.min(total - 1, seen.last + kAround);
  const indices = [];
  for (let i = first; i <= last; ++i) indices.push(i);
  if (kept >= 0 && kept < total && (kept < first || kept > last)) indices.push(kept);
  indices.sort((a, b) => a - b);

  /** @type {Piece[]} */
  const pieces = [];
  let next = 0;
  const gapTo = (/** @type {number} */ end) => {
    let gap = 0;
    for (; next < end; ++next) gap += heightOf(next);
    if (gap) pieces.push({ gap, key: `gap before ${end}` });
  };
  for (const index of indices) {
    gapTo(index);
    pieces.push({ index });
    next = index + 1;
  }
  gapTo(total);
  return { body, pieces, lastSeen: seen.last };
}
