// SPDX-License-Identifier: Apache-2.0
/** What ends, by date, and what to do about it. */
import { html } from './html.js';
import { withQuery } from './api.js';
import { accountPath, change, controlPlanePath, query, zonePath } from './routes.js';
import { Screen } from './screen.js';
import { Empty, Shown, Sign } from './parts.js';
import { Table } from './table.js';
import { Time, count } from './words.js';
import { after, usePages } from './pages.js';

const kinds = /** @type {Record<string, string>} */ ({
  zone_token: 'Zone token', personal_token: 'Personal token', system_account_token: 'System account token', mesh_ca: 'Mesh CA',
  identity_certificates: 'Identity certificates', tls_certificate: 'TLS certificate',
});
const spans = /** @type {[string, string][]} */ ([['7', '7 days'], ['30', '30 days'], ['90', '90 days'], ['366', 'a year']]);
const kSoon = 7 * 86400e3;

/** @param {any} one */
function placeOf(one) {
  if (one.zone_name && one.control_plane) return zonePath(one.control_plane.id, one.zone_name);
  if (one.account) return accountPath(one.account.type === 'user' ? 'users' : 'system-accounts', one.account.id);
  return one.control_plane ? controlPlanePath(one.control_plane.id) : '';
}
/** @param {any} one */
const nameOf = (one) => one.name || one.zone_name || one.mesh || kinds[one.kind] || one.kind;
/** @param {any} one */
const signOf = (one) => (one.ended ? 'bad' : Date.parse(one.ends_at) - Date.now() < kSoon ? 'warning' : 'unknown');

const columns = [
  { key: 'ends', title: 'Ends', cell: (/** @type {any} */ one) => html`<span class="status ${signOf(one)}"><${Time} at=${one.ends_at} /></span>` },
  { key: 'date', title: 'Date', cell: (/** @type {any} */ one) => one.ends_at.slice(0, 16).replace('T', ' ') },
  { key: 'kind', title: 'What', cell: (/** @type {any} */ one) => kinds[one.kind] ?? one.kind },
  { key: 'name', title: 'Name', cell: (/** @type {any} */ one) => html`${placeOf(one) ? html`<a href=${placeOf(one)}>${nameOf(one)}</a>` : nameOf(one)}${one.count > 1 ? ` (${count(one.count, 'of them', 'of them')})` : ''}` },
  { key: 'control_plane', title: 'Control plane', cell: (/** @type {any} */ one) => (one.control_plane ? html`<a href=${controlPlanePath(one.control_plane.id)}>${one.control_plane.name}</a>` : '') },
  { key: 'owner', title: 'Owner', cell: (/** @type {any} */ one) => one.account?.name ?? '' },
];

export default function Expiry() {
  const days = query.value.get('days') ?? '30';
  const kind = query.value.get('kind') ?? '';
  // By the day, so that reading it again is the same question.
  const end = new Date((Math.floor(Date.now() / 86400e3) + Number(days) + 1) * 86400e3).toISOString().replace('.000Z', 'Z');
  const { first, rows, readMore } = usePages(withQuery('/v3/expiring', { before: end, 'filter[kind]': kind, 'page[size]': 100 }), after);
  return html`<${Screen} title="Expiry" aside=${html`<a class="button" download="skyden.ics" href=${withQuery('/v3/expiring', { before: end, 'filter[kind]': kind, format: 'ics' })}>As a calendar</a>`}>
    <div class="filters" role="search" aria-label="Expiry">
      <label class="field inline">Within <select onChange=${(/** @type {any} */ event) => change({ days: event.target.value })}>
        ${spans.map(([value, title]) => html`<option key=${value} value=${value} selected=${value === days}>${title}</option>`)}</select></label>
      <label class="field inline">What <select onChange=${(/** @type {any} */ event) => change({ kind: event.target.value })}>
        <option value="" selected=${!kind}>any</option>${Object.entries(kinds).map(([value, title]) => html`<option key=${value} value=${value} selected=${value === kind}>${title}</option>`)}</select></label>
    </div>
    <${Shown} of=${first}>${() => rows.length === 0
      ? html`<${Empty}><p class="good"><${Sign} kind="good" />Nothing ends within ${spans.find(([value]) => value === days)?.[1] ?? `${days} days`}.</p><//>`
      : html`<${Table} label="What ends" columns=${columns} rows=${rows} onMore=${readMore}
          rowKey=${(/** @type {any} */ one) => JSON.stringify([one.kind, one.control_plane?.id, one.zone_name, one.mesh, one.account?.id, one.token_id, one.name, one.ends_at])}
          detail=${(/** @type {any} */ one) => one.advice && (one.ended || signOf(one) === 'warning') && html`<span class="advice">What to do: ${one.advice}</span>`} />`}<//>
  <//>`;
}
