// SPDX-License-Identifier: Apache-2.0
/** What is wrong, why, since when, and whose it is. */
import { html } from './html.js';
import { useEffect } from './hooks.js';
import { useLoad } from './load.js';
import { useFresh } from './events.js';
import { Screen } from './screen.js';
import { Empty, Panel, Shown, Sign } from './parts.js';
import { Causes } from './causes.js';
import { FleetTable } from './fleet_table.js';
import { count, number } from './words.js';
import { urgent } from './announce.js';

const kShown = 50;

/** @param {{of: any}} properties */
function Totals({ of }) {
  const { zones } = of;
  const all = [
    ['online', 'good', 'online'], ['offline', 'bad', 'offline'], ['refused', 'bad', 'refused'], ['behind', 'warning', 'behind'],
    ['never', 'unknown', 'never connected'], ['suspended', 'unknown', 'suspended'],
  ];
  return html`<ul class="totals">
    <li><strong>${number(of.control_planes)}</strong> control planes</li>
    <li><a href="/console/zones"><strong>${number(zones.total)}</strong> zones</a></li>
    ${all.filter(([status]) => status === 'online' || zones[status] > 0).map(([status, sign, word]) => html`
      <li key=${status}><a href=${`/console/zones?status=${status}`}><${Sign} kind=${sign} /><strong>${number(zones[status])}</strong> ${word}</a></li>`)}
    <li><strong>${number(of.proxies.online)}</strong> of ${count(of.proxies.total, 'proxy', 'proxies')} online</li>
  </ul>`;
}

export default function Fleet() {
  const fleet = useLoad(`/v3/fleet?top=${kShown}`);
  useFresh(fleet.reload, ({ kind }) => kind !== 'audit');
  const needs = fleet.data?.causes.filter((/** @type {any} */ one) => one.severity === 'bad' && !one.ended).length;
  useEffect(() => {
    if (needs !== undefined) urgent.value = needs;
  }, [needs]);
  return html`<${Screen} title="Fleet">
    <${Shown} of=${fleet} rows=${8}>${(/** @type {any} */ data) => data.totals.control_planes === 0
      ? html`<${Empty}><p>No control planes yet.</p><p><code>skyden cp create demo</code> makes one.</p><//>`
      : html`<${Totals} of=${data.totals} />
        <${Panel} title="Needs attention"><${Causes} all=${data.causes} leftOff=${data.causes_left_off ?? 0} /><//>
        <${FleetTable} all=${data.control_planes} leftOff=${data.control_planes_left_off ?? 0} />`}
    <//>
  <//>`;
}
