// SPDX-License-Identifier: Apache-2.0
/** What people wrote, revision by revision; what differs between two of them; and the way back. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { managerPath, withQuery } from './api.js';
import { useLoad } from './load.js';
import { useFresh } from './events.js';
import { change, controlPlanePath, query } from './routes.js';
import { after, usePages } from './pages.js';
import { Empty, Panel, Shown } from './parts.js';
import { Containing } from './facets.js';
import { Table } from './table.js';
import { Time, number } from './words.js';
import { Changed, nameOf } from './effect.js';
import Restore from './restore.js';

const filters = /** @type {[string, string][]} */ ([['type', 'Type'], ['mesh', 'Mesh'], ['name', 'Name']]);
const none = { type: '', mesh: '', name: '', from: '', to: '' };

/** @param {{id: string, asked: Record<string, string>, newest: number}} properties */
function Compare({ id, asked, newest }) {
  const { from = '', to = '' } = asked;
  const diff = useLoad(from ? withQuery(`${managerPath(id)}/ops/diff`, asked) : null);
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    change(/** @type {any} */ (Object.fromEntries(new FormData(event.target))));
  };
  return html`<${Panel} title="Compare" aside=${html`<form class="filters" key=${`${from} ${to}`} onSubmit=${submit}>
      <label class="field inline">From <input name="from" type="number" min="0" max=${newest} required value=${from} /></label>
      <label class="field inline">To <input name="to" type="number" min="0" max=${newest} placeholder="now" value=${to} /></label>
      <button class="small">Compare</button></form>`}>
    ${from && html`<${Shown} of=${diff} rows=${3}>${(/** @type {any} */ data) => (data.resources.length === 0
      ? html`<${Empty}><p>Nothing that people write differs between ${number(data.from)} and ${number(data.to)}.</p><//>`
      : html`<p class="line muted">From ${number(data.from)} to ${number(data.to)}</p><ul class="plainlist">${data.resources.map((/** @type {any} */ one) => html`
          <${Changed} key=${nameOf(one)} one=${one} />`)}</ul>`)}<//>`}<//>`;
}

/** @param {{id: string}} properties */
export default function History({ id }) {
  const [back, setBack] = useState(/** @type {any} */ (null));
  const asked = Object.fromEntries([...filters.map(([name]) => name), 'from', 'to'].map((name) => [name, query.value.get(name) ?? '']));
  const { type, mesh, name } = asked;
  const { first, rows, readMore } = usePages(withQuery(`${managerPath(id)}/ops/history`, { type, mesh, name, 'page[size]': 100 }), after);
  useFresh(first.reload, ({ kind, data }) => (kind === 'audit' && data.control_plane_id === id) || (kind === 'control_plane' && data.id === id));
  const filtered = Object.values(asked).some(Boolean);
  const columns = [
    { key: 'revision', title: 'Revision', number: true, cell: (/** @type {any} */ one) => number(one.revision) },
    { key: 'at', title: 'When', cell: (/** @type {any} */ one) => html`<${Time} at=${one.at} />` },
    { key: 'who', title: 'Who', cell: (/** @type {any} */ one) => one.actor.name || one.actor.kind },
    { key: 'what', title: 'What', cell: (/** @type {any} */ one) => `${one.action} ${nameOf(one)}` },
    { key: 'do', title: 'Do', cell: (/** @type {any} */ one) => html`<span class="aside">
      <a class="button small" aria-label=${`What revision ${one.revision} changed`} href=${withQuery(`${controlPlanePath(id)}/history`, { type, mesh, name, from: one.revision - 1, to: one.revision })}>Changed</a>
      ${one.action !== 'delete' && !one.type.endsWith('Secret') && html`<a class="button small" aria-label=${`Edit ${nameOf(one)}`} href=${withQuery(`${controlPlanePath(id)}/preview`, { type: one.type, mesh: one.mesh, name: one.name })}>Edit</a>`}
      <button type="button" class="small" aria-label=${`Restore from revision ${one.revision}, ${nameOf(one)}`} onClick=${() => setBack(one)}>Restore…</button></span>` },
  ];
  return html`<div class="filters" role="search" aria-label="History">
      ${filters.map(([key, title]) => html`<${Containing} key=${key} name=${key} title=${title} />`)}
      ${filtered && html`<button type="button" onClick=${() => change(none)}>Clear</button>`}</div>
    <${Shown} of=${first}>${(/** @type {any} */ data) => html`<${Compare} id=${id} asked=${asked} newest=${data.revision} />
      ${rows.length === 0
        ? html`<${Empty}><p>${filtered ? 'Nothing was written that passes these filters.' : 'Nothing was written by anybody yet.'}</p><//>`
        : html`<${Table} label="History" columns=${columns} rows=${rows} total=${data.meta.page.next ? rows.length + 1 : rows.length} onMore=${readMore}
            rowKey=${(/** @type {any} */ one) => `${one.revision} ${nameOf(one)}`} />`}
      <p class="muted">Kept from revision ${number(data.oldest_revision)} on; now it is ${number(data.revision)}.</p>`}<//>
    ${back && html`<${Restore} id=${id} entry=${back} onClose=${() => setBack(null)} />`}`;
}
