// SPDX-License-Identifier: Apache-2.0
/** Entries of the audit: who did what, from where, and what was different afterwards. */
import { html } from './html.js';
import { managerPath, withQuery } from './api.js';
import { before, usePages } from './pages.js';
import { Button, Copy, Empty, Shown } from './parts.js';
import { useFresh } from './events.js';
import { useState } from './hooks.js';
import { controlPlanePath } from './routes.js';
import { Time } from './words.js';

/** @param {{id: string}} properties */
export default function Changes({ id }) {
  const { first, rows, readMore, complete } = usePages(`${managerPath(id)}/ops/audit?page%5Bsize%5D=50`, before);
  useFresh(first.reload, ({ kind, data }) => (kind === 'audit' && data.control_plane_id === id) || (kind === 'control_plane' && data.id === id));
  return html`<${Shown} of=${first}>${() => rows.length === 0
    ? html`<${Empty}><p>Nothing was changed by anybody yet.</p><//>`
    : html`<${Entries} entries=${rows} here />${!complete && html`<p class="more"><${Button} onPress=${readMore}>Older<//></p>`}`}<//>`;
}

/** @param {any} value */
const shown = (value) => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 1));

/** Place by place, before and after side by side. @param {{detail: any}} properties */
export function Detail({ detail }) {
  if (!Array.isArray(detail?.changes)) return html`<pre tabindex="0">${JSON.stringify(detail, null, 2)}</pre>`;
  return html`<table class="diff" aria-label="What changed"><thead><tr><th scope="col">Place</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
    <tbody>${detail.changes.map((/** @type {any} */ one) => html`<tr key=${one.path}><th scope="row">${one.path || '/'}</th>
      <td class="before" data-title="Before">${one.secret ? 'secret' : shown(one.before)}</td>
      <td class="after" data-title="After">${one.secret ? 'another secret' : shown(one.after)}</td></tr>`)}</tbody></table>
    ${detail.more > 0 && html`<p class="muted">and ${detail.more} more</p>`}`;
}

/** @param {{entry: any, here: boolean}} properties here: its control plane needs no naming */
export function Entry({ entry, here }) {
  const [open, setOpen] = useState(false);
  const actor = entry.actor.name || entry.actor.id || entry.actor.kind;
  const object = [entry.object?.type, entry.object?.name].filter(Boolean).join(' ');
  return html`<li class="entry">
    <div class="line">
      <span class="when"><${Time} at=${entry.at} /></span>
      <a class="actor" href=${withQuery('/console/audit', { actor: entry.actor.id || entry.actor.name })}>${actor}</a>
      <strong>${entry.action}</strong> <span class="object">${object}</span>
      ${!here && entry.control_plane_id && html`<a class="muted" href=${controlPlanePath(entry.control_plane_id)}>in ${entry.control_plane_id.slice(0, 8)}</a>`}
      <button type="button" class="small" aria-expanded=${open} aria-label=${`Details of ${entry.action} ${object}`} onClick=${() => setOpen(!open)}>Details</button>
    </div>
    ${open && html`<div class="more">${entry.detail !== undefined && html`<${Detail} detail=${entry.detail} />`}
      <dl class="facts"><div><dt>Entry</dt><dd>${entry.sequence}</dd></div>
        ${entry.peer && html`<div><dt>From</dt><dd>${entry.peer}</dd></div>`}
        ${entry.request_id && html`<div><dt>Request</dt><dd><code>${entry.request_id}</code> <${Copy} text=${entry.request_id} what="the request id" /></dd></div>`}
        <div><dt>Hash</dt><dd><code>${entry.hash}</code></dd></div></dl></div>`}
  </li>`;
}

/** @param {{entries: any[], here?: boolean}} properties */
export const Entries = ({ entries, here = false }) => html`<ul class="entries">${entries.map((entry) => html`
  <${Entry} key=${`${entry.control_plane_id} ${entry.sequence}`} entry=${entry} here=${here} />`)}</ul>`;
