// SPDX-License-Identifier: Apache-2.0
/** Control planes, worst first, as rows or as a grid of cells. */
import { html } from './html.js';
import { useEffect, useRef, useState } from './hooks.js';
import { useLoad } from './load.js';
import { withQuery } from './api.js';
import { change, controlPlanePath, query } from './routes.js';
import { Empty, Panel, Shown, Sign } from './parts.js';
import { Table } from './table.js';
import { Time, count, number } from './words.js';

const worstSign = /** @type {Record<string, string>} */ ({ bad: 'bad', warning: 'warning', info: 'unknown', ok: 'good' });

/** "1 offline, 2 behind", or "ok". @param {any} zones */
export function trouble(zones) {
  const parts = ['refused', 'offline', 'behind'].filter((status) => zones[status] > 0).map((status) => `${number(zones[status])} ${status}`);
  if (zones.total === 0) return 'no zones';
  return parts.join(', ') || 'ok';
}

/** Nothing is well where there is nothing. @param {any} one */
const signOf = (one) => (one.zones.total === 0 ? 'unknown' : worstSign[one.worst]);

/** @param {{oldest?: string, newest?: string}|undefined} versions */
export const versionsText = (versions) => (versions?.oldest
  ? versions.oldest === versions.newest ? versions.oldest : `${versions.oldest} to ${versions.newest}` : '');

/** @type {import('./table.js').Column[]} */
const columns = [
  { key: 'name', title: 'Control plane', cell: (one) => html`<a href=${controlPlanePath(one.id)}>${one.name}</a>` },
  { key: 'zones', title: 'Zones', number: true, cell: (one) => number(one.zones.total) },
  { key: 'state', title: 'State', cell: (one) => html`<span class="status ${signOf(one)}">${one.suspension ? 'suspended' : trouble(one.zones)}</span>` },
  { key: 'proxies', title: 'Proxies', number: true, cell: (one) => number(one.proxies.total) },
  { key: 'versions', title: 'Kuma', cell: (one) => versionsText(one.versions) },
  { key: 'changed', title: 'Changed', cell: (one) => html`<${Time} at=${one.last_change} />` },
  { key: 'labels', title: 'Labels', cell: (one) => Object.entries(one.labels ?? {}).map(([name, value]) => `${name}=${value}`).join(' ') },
];

/** The control planes that a text names, of all there are. @param {{text: string, grid: boolean}} properties */
function Found({ text, grid }) {
  const found = useLoad(withQuery('/v1/mesh/control-planes', { include: 'figures', 'filter[name][contains]': text, 'page[size]': 50 }));
  return html`<${Shown} of=${found}>${(/** @type {any} */ data) => html`<${Rows} grid=${grid}
    all=${data.data.map((/** @type {any} */ one) => ({ ...one, ...one.figures }))}
    leftOff=${data.meta.page.total - data.data.length} />`}<//>`;
}

/** @param {{all: any[], leftOff: number, grid: boolean}} properties */
function Rows({ all, leftOff, grid }) {
  if (all.length === 0) return html`<${Empty}><p>No control plane has such a name.</p><//>`;
  return html`${grid ? html`<${FleetGrid} all=${all} />` : html`<${Table} label="Control planes" columns=${columns} rows=${all}
      rowKey=${(/** @type {any} */ one) => one.id} hrefOf=${(/** @type {any} */ one) => controlPlanePath(one.id)} />`}
    ${leftOff > 0 && html`<p class="more muted">and ${count(leftOff, 'more control plane')}: name what you look for</p>`}`;
}

/** @param {{all: any[], leftOff: number}} properties */
export function FleetTable({ all, leftOff }) {
  const text = query.value.get('name') ?? '';
  const grid = query.value.get('view') === 'grid';
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => change({ name: typed }), 150);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => setTyped(text), [text]);
  const aside = html`<div class="filters">
    <label class="field inline">Name contains <input type="search" value=${typed}
      onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} /></label>
    <button type="button" aria-pressed=${grid} onClick=${() => change({ view: grid ? '' : 'grid' })}>Grid</button></div>`;
  return html`<${Panel} title="Control planes" aside=${aside}>
    ${text ? html`<${Found} text=${text} grid=${grid} />` : html`<${Rows} all=${all} leftOff=${leftOff} grid=${grid} />`}<//>`;
}

/** @param {{all: any[]}} properties */
export function FleetGrid({ all }) {
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  const [current, setCurrent] = useState(0);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const cells = [...(list.current?.querySelectorAll('a') ?? [])];
    const across = cells.filter((cell) => cell.offsetTop === cells[0]?.offsetTop).length || 1;
    const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across });
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(cells.length - 1, current + steps[event.key]));
    setCurrent(next);
    cells[next].focus();
  };
  return html`<ul class="grid" ref=${list} onKeyDown=${onKeyDown}>${all.map((one, i) => html`<li key=${one.id}>
    <a href=${controlPlanePath(one.id)} class=${signOf(one)} tabindex=${i === current ? 0 : -1} onFocus=${() => setCurrent(i)}
      aria-label=${`${one.name}: ${count(one.zones.total, 'zone')}, ${trouble(one.zones)}`} title=${one.name}>
      <${Sign} kind=${signOf(one)} /><span aria-hidden="true">${one.name.slice(0, 2)}</span></a></li>`)}</ul>`;
}
