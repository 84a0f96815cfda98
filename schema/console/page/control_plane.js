// SPDX-License-Identifier: Apache-2.0
/** One control plane: what it has, what is wrong in it, and what can be done to it. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { managerPath, withQuery } from './api.js';
import { useLoad } from './load.js';
import { useFresh } from './events.js';
import { controlPlanePath, path, zonePath } from './routes.js';
import { Lazy, Screen } from './screen.js';
import { Copy, Empty, Panel, Shown, Sign } from './parts.js';
import { Time, count, number, states } from './words.js';
import { Actions } from './control_plane_actions.js';
import { ControlPlaneZones } from './zones.js';
import Preview from './preview.js';
import History from './history.js';
import Rollouts from './rollouts.js';
import Changes from './changes.js';
import ControlPlaneAccess from './control_plane_access.js';
import Refused from './control_plane_refused.js';

/** Read together: they have most of their parts in common. @type {[string, string, any][]} */
const tabs = [
  ['', 'Overview', Overview], ['zones', 'Zones', ControlPlaneZones], ['preview', 'Preview', Preview], ['rollouts', 'Rollouts', Rollouts], ['history', 'History', History],
  ['changes', 'Changes', Changes], ['access', 'Access', ControlPlaneAccess], ['refused', 'Refused', Refused],
];
const connectDialog = () => import('./connect.js');

/** @param {{suspension: any}} properties */
const Suspended = ({ suspension }) => html`<p class="banner">Suspended${suspension.reason && `: ${suspension.reason}`}.
  Since <${Time} at=${suspension.suspended_at} />${suspension.until && html`, until <${Time} at=${suspension.until} />`}.
  Zones stay out, and writes are refused.</p>`;

/** @param {{id: string}} properties */
export default function ControlPlane({ id }) {
  const one = useLoad(managerPath(id));
  const [connecting, setConnecting] = useState(false);
  useFresh(one.reload, ({ kind, data }) => kind === 'control_plane' && data.id === id);
  const root = controlPlanePath(id);
  const tab = path.value.slice(root.length + 1).split('/')[0];
  const [, , Tab] = tabs.find(([name]) => name === tab) ?? tabs[0];
  const data = one.data;
  return html`<${Screen} title=${data?.name ?? 'Control plane'} above=${html`<a href="/console/">Fleet</a>`}
    aside=${data && html`<button type="button" class="primary" onClick=${() => setConnecting(true)}>Connect a zone</button>
      <${Actions} of=${data} onChange=${one.reload} />`}>
    <${Shown} of=${one}>${() => html`
      ${data.suspension && html`<${Suspended} suspension=${data.suspension} />`}
      <dl class="facts">
        <div><dt>Id</dt><dd><code>${id}</code> <${Copy} text=${id} what="the id" /></dd></div>
        ${Object.keys(data.labels ?? {}).length > 0 && html`<div><dt>Labels</dt><dd>${Object.entries(data.labels).map(([name, value]) => html`<code key=${name}>${name}=${value}</code> `)}</dd></div>`}
        ${data.description && html`<div><dt>About</dt><dd>${data.description}</dd></div>`}
        <div><dt>Made</dt><dd><${Time} at=${data.created_at} /></dd></div>
      </dl>
      <nav class="tabs" aria-label="Of this control plane"><ul>${tabs.map(([name, title]) => html`<li key=${name}>
        <a href=${name ? `${root}/${name}` : root} aria-current=${name === tab ? 'page' : undefined}>${title}</a></li>`)}</ul></nav>
      <${Tab} key=${tab} id=${id} onConnect=${() => setConnecting(true)} />`}
    <//>
    ${connecting && html`<${Lazy} load=${connectDialog} quiet id=${id} onClose=${() => setConnecting(false)} />`}
  <//>`;
}

const kWrong = 20;

/** How many zones are in which state, each a link to them. @param {{id: string, facets: any[]}} properties */
function Counts({ id, facets }) {
  const all = Object.keys(states).map((status) => ({ status, count: facets.find((one) => one.value === status)?.count ?? 0 }));
  return html`<ul class="totals">${all.filter((one) => one.count > 0).map((one) => html`<li key=${one.status}>
    <a href=${`${controlPlanePath(id)}/zones?status=${one.status}`}><${Sign} kind=${states[one.status].sign} />
      <strong>${number(one.count)}</strong> ${states[one.status].word}</a></li>`)}</ul>`;
}

/** @param {{zone: any}} properties */
const Wrong = ({ zone }) => html`<li class="cause ${states[zone.status]?.sign}">
  <${Sign} kind=${states[zone.status]?.sign ?? 'unknown'} />
  <div class="what"><a href=${zonePath(zone.control_plane.id, zone.name)}>${zone.name}</a> ${states[zone.status]?.word}
    <span class="why"> ${zone.reason ?? ''}</span>${zone.advice && html`<p class="advice">${zone.advice}</p>`}</div>
  <span class="when"><${Time} at=${zone.since} /></span></li>`;

/** @param {{id: string}} properties */
function Meshes({ id }) {
  const meshes = useLoad(`${managerPath(id)}/api/mesh-insights`);
  return html`<${Panel} title="Meshes"><${Shown} of=${meshes} rows=${2}>${(/** @type {any} */ data) => data.items.length === 0
    ? html`<${Empty}><p>No meshes: <code>kumactl apply</code> makes one.</p><//>`
    : html`<div class="scroll"><table aria-label="Meshes"><thead><tr><th scope="col">Mesh</th><th scope="col" class="number">Proxies</th>
        <th scope="col" class="number">Online</th><th scope="col" class="number">Services</th><th scope="col" class="number">Policies</th></tr></thead>
      <tbody>${data.items.map((/** @type {any} */ mesh) => html`<tr key=${mesh.name}><td data-title="Mesh">${mesh.name}</td>
        <td class="number" data-title="Proxies">${number(mesh.dataplanes?.total ?? 0)}</td>
        <td class="number" data-title="Online">${number(mesh.dataplanes?.online ?? 0)}</td>
        <td class="number" data-title="Services">${number(mesh.services?.total ?? 0)}</td>
        <td class="number" data-title="Policies">${number(Object.values(mesh.policies ?? {}).reduce((sum, one) => sum + (/** @type {any} */ (one).total ?? 0), 0))}</td>
      </tr>`)}</tbody></table></div>`}<//><//>`;
}

/** @param {{id: string, onConnect: () => void}} properties */
function Overview({ id, onConnect }) {
  const zones = useLoad(withQuery('/v3/zones', { 'filter[control_plane_id]': id, 'page[size]': kWrong }));
  useFresh(zones.reload, ({ kind, data }) => kind === 'zone' && data.control_plane?.id === id);
  return html`<${Shown} of=${zones}>${(/** @type {any} */ data) => {
    if (data.meta.page.total === 0) {
      return html`<${Empty}><p>No zones yet.</p><p><button type="button" onClick=${onConnect}>Connect a zone</button></p><//>`;
    }
    // The worst come first.
    const wrong = data.data.filter((/** @type {any} */ zone) => ['refused', 'offline', 'behind'].includes(zone.status));
    return html`<${Counts} id=${id} facets=${data.facets?.status ?? []} />
      <${Panel} title="Needs attention">${wrong.length === 0
        ? html`<${Empty}><p class="good"><${Sign} kind="good" />All ${count(data.meta.page.total, 'zone')} as they should be.</p><//>`
        : html`<ul class="causes">${wrong.map((/** @type {any} */ zone) => html`<${Wrong} key=${zone.name} zone=${zone} />`)}</ul>`}<//>`;
  }}<//>
  <${Meshes} id=${id} />`;
}
