// SPDX-License-Identifier: Apache-2.0
/** One zone: how it is, why, what reaches it and what does not. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { Problem, managerPath, withQuery } from './api.js';
import { useLoad } from './load.js';
import { useFresh } from './events.js';
import { controlPlanePath } from './routes.js';
import { Lazy, Screen } from './screen.js';
import { Empty, Failure, Panel, Shown, Sign, Status } from './parts.js';
import { Time, number, states } from './words.js';

const rotateDialog = () => import('./connect.js').then((module) => ({ default: module.Rotate }));

/** @param {{zone: any}} properties */
function Facts({ zone }) {
  return html`<dl class="facts">
    <div><dt>Status</dt><dd><${Status} status=${zone.status} /> <${Time} at=${zone.since} /></dd></div>
    ${zone.version && html`<div><dt>Kuma</dt><dd>${zone.version}</dd></div>`}
    ${zone.instance && html`<div><dt>Instance</dt><dd>${zone.instance}</dd></div>`}
    ${zone.peer && html`<div><dt>From</dt><dd>${zone.peer}</dd></div>`}
    ${zone.proxies !== undefined && html`<div><dt>Proxies</dt><dd>${number(zone.proxies)}${zone.proxies_online !== undefined && `, ${number(zone.proxies_online)} online`}</dd></div>`}
    ${zone.confirmed_revision !== undefined && html`<div><dt>Confirmed</dt><dd>revision ${number(zone.confirmed_revision)}</dd></div>`}
    ${zone.token && html`<div><dt>Token</dt><dd>${zone.token.ends_at ? html`ends <${Time} at=${zone.token.ends_at} />` : 'without an end'}</dd></div>`}
  </dl>`;
}

/** @param {{zone: any}} properties */
function Why({ zone }) {
  const sign = states[zone.status]?.sign ?? 'unknown';
  if (!zone.reason && zone.status === 'online') return null;
  return html`<div class="banner ${sign}"><p><${Sign} kind=${sign} />${zone.reason || states[zone.status]?.word}${zone.behind_types?.length > 0 && ` (${zone.behind_types.join(', ')})`}</p>
    ${zone.advice && html`<p>What to do: ${zone.advice}</p>`}</div>`;
}

/** @type {Record<string, string>} where a change is that the zone has not taken */
const stages = { waits: 'to be looked at', sent: 'on its way', refused: 'refused', withheld: 'too large' };

/** Types with nothing in them say nothing. @param {{types: any[], refused: any[]}} properties */
function Types({ types, refused }) {
  const shown = types.filter((one) => one.newest > 0 || one.stage)
    .sort((a, b) => Number(!a.stage) - Number(!b.stage) || a.type.localeCompare(b.type));
  const why = (/** @type {string} */ type) => refused.find((one) => one.type === type)?.reason;
  if (shown.length === 0) return html`<${Empty}><p>It is connected and was sent nothing yet.</p><//>`;
  return html`<div class="scroll"><table aria-label="Delivery"><thead><tr><th scope="col">Type</th><th scope="col" class="number">Newest</th>
      <th scope="col" class="number">Sent</th><th scope="col" class="number">Confirmed</th><th scope="col">Behind</th></tr></thead>
    <tbody>${shown.map((one) => html`<tr key=${one.type}><th scope="row">${one.type}</th>
      <td class="number" data-title="Newest">${number(one.newest)}</td><td class="number" data-title="Sent">${number(one.sent)}</td>
      <td class="number" data-title="Confirmed">${number(one.taken)}</td>
      <td data-title="Behind">${one.stage && html`<${Sign} kind=${one.stage === 'refused' ? 'bad' : 'warning'} />${stages[one.stage]}
        ${one.behind_since && html` since <${Time} at=${one.behind_since} />`}`}${why(one.type) && html`<br /><span class="muted">${why(one.type)}</span>`}</td>
    </tr>`)}</tbody></table></div>`;
}

/** @param {{connects: any[]}} properties */
const Connects = ({ connects }) => (connects.length === 0
  ? html`<${Empty}><p>It never was connected.</p><//>`
  : html`<ul class="plainlist">${connects.map((one) => html`<li key=${one.begin}><${Time} at=${one.begin} />
      ${one.end ? html` until <${Time} at=${one.end} />` : ' until now'}<span class="muted">${one.version && ` Kuma ${one.version}`}</span></li>`)}</ul>`);

/** How far it is with what it is sent. @param {{id: string, zone: string}} properties */
function Delivery({ id, zone }) {
  const delivery = useLoad(`${managerPath(id)}/ops/zones/${encodeURIComponent(zone)}`);
  useFresh(delivery.reload, ({ kind, data }) => kind === 'zone' && data.control_plane?.id === id && data.name === zone);
  return html`<${Panel} title="Delivery" aside=${html`<button type="button" class="small" onClick=${delivery.reload}>Look again</button>`}>
      <${Shown} of=${delivery} rows=${4}>${(/** @type {any} */ data) => (data.session
        ? html`<${Types} types=${data.delivery} refused=${data.refused ?? []} />`
        : html`<${Empty}><p>It is not connected. When it comes it is sent everything.</p><//>`)}<//><//>
    <${Panel} title="Connections"><${Shown} of=${delivery} rows=${2}>${(/** @type {any} */ data) => html`<${Connects} connects=${data.connects} />`}<//><//>`;
}

/** @param {{id: string, zone: string}} properties */
function Refusals({ id, zone }) {
  const refused = useLoad(`${managerPath(id)}/ops/rejected-resources`);
  const withheld = useLoad(`${managerPath(id)}/ops/withheld-types`);
  const turned = useLoad(`${managerPath(id)}/ops/rejected-connections`);
  const mine = (/** @type {any} */ one) => one.zone_name === zone;
  const reload = () => [refused, withheld, turned].forEach((one) => one.reload());
  useFresh(reload, ({ kind, data }) => kind === 'zone' && data.control_plane?.id === id && data.name === zone);
  return html`
    <${Panel} title="What it does not take"><${Shown} of=${refused} rows=${2}>${(/** @type {any} */ data) => data.data.some(mine)
      ? html`<ul class="plainlist">${data.data.filter(mine).map((/** @type {any} */ one) => html`<li key=${JSON.stringify(one)}><strong>${[one.type, one.mesh, one.name].filter(Boolean).join(' ')}</strong>
          <span class="muted"> since <${Time} at=${one.since} /></span><br />${one.reason}</li>`)}</ul>`
      : html`<${Empty}><p>It takes all that it is sent.</p><//>`}<//>
    <${Shown} of=${withheld} rows=${1}>${(/** @type {any} */ data) => data.data.filter(mine).map((/** @type {any} */ one) => html`<p key=${one.type} class="line">
      <${Sign} kind="warning" />${one.type} is not sent: ${number(one.bytes)} bytes, and it takes ${number(one.bytes_max)} in one message.</p>`)}<//><//>
    <${Panel} title="When it was turned away"><${Shown} of=${turned} rows=${2}>${(/** @type {any} */ data) => data.data.some(mine)
      ? html`<ul class="plainlist">${data.data.filter(mine).map((/** @type {any} */ one, /** @type {number} */ i) => html`<li key=${i}><${Time} at=${one.at} /> <strong>${one.reason}</strong>
          <span class="muted"> from ${one.peer}</span>${one.advice && html`<br /><span class="advice">What to do: ${one.advice}</span>`}</li>`)}</ul>`
      : html`<${Empty}><p>Not lately.</p><//>`}<//><//>`;
}

/** @param {{id: string, zone: string}} properties */
export default function Zone({ id, zone }) {
  const controlPlane = useLoad(managerPath(id));
  const list = useLoad(withQuery('/v3/zones', { 'filter[control_plane_id]': id, 'filter[name][eq]': zone, 'page[size]': 1 }));
  const [rotating, setRotating] = useState(false);
  useFresh(list.reload, ({ kind, data }) => kind === 'zone' && data.control_plane?.id === id && data.name === zone);
  return html`<${Screen} title=${zone} above=${html`<a href="/console/">Fleet</a> / <a href=${controlPlanePath(id)}>${controlPlane.data?.name ?? 'Control plane'}</a>`}
    aside=${list.data?.data.length > 0 && html`<button type="button" onClick=${() => setRotating(true)}>New token</button>`}>
    <${Shown} of=${list}>${(/** @type {any} */ data) => data.data.length === 0
      ? html`<${Failure} problem=${new Problem(404, '')} />`
      : html`<${Why} zone=${data.data[0]} /><${Facts} zone=${data.data[0]} /><${Delivery} id=${id} zone=${zone} /><${Refusals} id=${id} zone=${zone} />`}<//>
    ${rotating && html`<${Lazy} load=${rotateDialog} quiet id=${id} zone=${zone} old=${list.data?.data[0]?.token?.id} onClose=${() => setRotating(false)} />`}
  <//>`;
}
