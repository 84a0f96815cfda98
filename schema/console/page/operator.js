// SPDX-License-Identifier: Apache-2.0
/** For who runs the daemon: what it is, which organizations it has, what they may hold, who was turned away. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { withQuery, write } from './api.js';
import { useLoad } from './load.js';
import { Screen } from './screen.js';
import { Empty, Panel, Shown, Sign } from './parts.js';
import { Dialog, Field, Form } from './dialog.js';
import { Table } from './table.js';
import { Time, number } from './words.js';
import { nextNumber, numbered, usePages } from './pages.js';
import { done } from './announce.js';

const kSoon = 14 * 86400e3;

/** @param {{of: any}} properties */
function Facts({ of }) {
  return html`<dl class="facts">
    <div><dt>Version</dt><dd>${of.version}</dd></div>
    <div><dt>Up since</dt><dd><${Time} at=${of.started_at} /></dd></div>
    <div><dt>Instance</dt><dd><code>${of.instance_id}</code></dd></div>
    ${of.http_public_address && html`<div><dt>Browsers come to</dt><dd>${of.http_public_address}</dd></div>`}
    ${of.kds_public_address && html`<div><dt>Zones come to</dt><dd>${of.kds_public_address}</dd></div>`}
    <div><dt>People of</dt><dd>${of.identity_provider ?? 'no identity provider'}</dd></div>
    <div><dt>Kuma's GUI</dt><dd>${of.kuma_gui ? 'served' : 'not served: set kuma_gui_dir'}</dd></div>
    ${of.certificates.map((/** @type {any} */ one) => html`<div key=${one.port}><dt>Certificate, ${one.port}</dt>
      <dd>${Date.parse(one.ends_at) - Date.now() < kSoon && html`<${Sign} kind="warning" />`}ends <${Time} at=${one.ends_at} /></dd></div>`)}
  </dl>`;
}

const kinds = /** @type {[string, string][]} */ ([['resources', 'Resources'], ['bytes', 'Bytes'], ['zones', 'Zones']]);

/** @param {{of: any, onClose: () => void}} properties */
function Quota({ of, onClose }) {
  const at = `/v3/organizations/${encodeURIComponent(of.id)}/quota`;
  const quota = useLoad(at);
  const act = async (/** @type {Record<string, string>} */ fields) => {
    await write('PUT', at, Object.fromEntries(kinds.map(([name]) => [name, fields[name] === '' ? null : Number(fields[name])])));
    done(`Set what ${of.name} may hold.`, { href: '/console/audit', link: 'On record' });
    onClose();
  };
  return html`<${Dialog} title=${`What ${of.name} may hold`} onClose=${onClose}><${Shown} of=${quota} rows=${3}>${(/** @type {any} */ data) => html`
    <p class="muted">In each of its control planes, unless that has a quota of its own. Empty: what the daemon's settings say.</p>
    <${Form} verb="Set" onDo=${act} onClose=${onClose}>${kinds.map(([name, title]) => html`<${Field} key=${name} name=${name} title=${title} type="number" min="0"
      value=${data.set[name] ?? ''} hint=${data.limit[name] == null ? 'no limit holds' : `${number(data.limit[name])} holds`} />`)}<//>`}<//><//>`;
}

/** @param {{onQuota: (one: any) => void}} properties */
function Organizations({ onQuota }) {
  const { first, rows, readMore } = usePages(withQuery('/v3/organizations', { 'page[size]': 100 }), numbered, nextNumber);
  const columns = [
    { key: 'name', title: 'Name', cell: (/** @type {any} */ one) => one.name },
    { key: 'id', title: 'Id', cell: (/** @type {any} */ one) => html`<code>${one.id}</code>` },
    { key: 'made', title: 'Made', cell: (/** @type {any} */ one) => html`<${Time} at=${one.created_at} />` },
    { key: 'quota', title: 'Quota', cell: (/** @type {any} */ one) => html`<button type="button" class="small" aria-label=${`Quota of ${one.name}`} onClick=${() => onQuota(one)}>Quota</button>` },
  ];
  return html`<${Panel} title="Organizations"><${Shown} of=${first}>${(/** @type {any} */ data) => html`<${Table} label="Organizations" columns=${columns} rows=${rows}
    total=${data.meta.page.total} onMore=${readMore} rowKey=${(/** @type {any} */ one) => one.id} />`}<//><//>`;
}

const turnedAway = [
  { key: 'at', title: 'When', cell: (/** @type {any} */ one) => html`<${Time} at=${one.at} />` },
  { key: 'peer', title: 'From', cell: (/** @type {any} */ one) => one.peer },
  { key: 'zone', title: 'Zone', cell: (/** @type {any} */ one) => one.zone_name || 'none named' },
  { key: 'reason', title: 'Why', cell: (/** @type {any} */ one) => one.reason },
];

export default function Operator() {
  const daemon = useLoad('/v3/daemon');
  const turned = useLoad('/v3/rejected-connections');
  const [quota, setQuota] = useState(/** @type {any} */ (null));
  return html`<${Screen} title="This daemon">
    <${Shown} of=${daemon}>${(/** @type {any} */ data) => html`<${Facts} of=${data} />
      <${Organizations} onQuota=${setQuota} />
      <${Panel} title="Turned away"><${Shown} of=${turned} rows=${2}>${(/** @type {any} */ list) => list.data.length === 0
        ? html`<${Empty}><p>Nobody lately.</p><//>`
        : html`<${Table} label="Turned away" columns=${turnedAway} rows=${list.data}
            rowKey=${(/** @type {any} */ one) => JSON.stringify([one.at, one.peer, one.zone_name, one.reason])}
            detail=${(/** @type {any} */ one) => one.advice && html`<span class="advice">What to do: ${one.advice}</span>`} />`}<//><//>`}<//>
    ${quota && html`<${Quota} of=${quota} onClose=${() => setQuota(null)} />`}
  <//>`;
}
