// SPDX-License-Identifier: Apache-2.0
/** What is shown of a zone in a row, and in a line of CSV. */
import { html } from './html.js';
import { controlPlanePath, zonePath } from './routes.js';
import { Status } from './parts.js';
import { Time, number } from './words.js';

/** @typedef {import('./table.js').Column & {csv: (zone: any) => unknown}} ZoneColumn */

/** @type {ZoneColumn[]} */
export const zoneColumns = [
  { key: 'name', title: 'Zone', sort: 'name', csv: (z) => z.name, cell: (z) => html`<a href=${zonePath(z.control_plane.id, z.name)}>${z.name}</a>` },
  { key: 'control_plane', title: 'Control plane', sort: 'control_plane', csv: (z) => z.control_plane.name, cell: (z) => html`<a href=${controlPlanePath(z.control_plane.id)}>${z.control_plane.name}</a>` },
  { key: 'status', title: 'Status', sort: 'status', csv: (z) => z.status, cell: (z) => html`<${Status} status=${z.status} />` },
  { key: 'since', title: 'Since', sort: 'since', csv: (z) => z.since, cell: (z) => html`<${Time} at=${z.since} />` },
  { key: 'version', title: 'Kuma', sort: 'version', csv: (z) => z.version, cell: (z) => z.version ?? '' },
  { key: 'proxies', title: 'Proxies', sort: 'proxies', number: true, csv: (z) => z.proxies, cell: (z) => (z.proxies === undefined ? '' : number(z.proxies)) },
  { key: 'behind', title: 'Behind', sort: 'behind_since', csv: (z) => z.behind_since, cell: (z) => html`<${Time} at=${z.behind_since} plain />` },
  { key: 'token', title: 'Token ends', sort: 'token_ends', csv: (z) => z.token?.ends_at, cell: (z) => html`<${Time} at=${z.token?.ends_at} />` },
  { key: 'peer', title: 'From', sort: 'peer', csv: (z) => z.peer, cell: (z) => z.peer ?? '' },
];

/** Why a zone is out, and what to do about it, below its row. @param {any} zone */
export function zoneDetail(zone) {
  if (zone.status !== 'refused' && zone.status !== 'behind') return null;
  if (!zone.reason) return null;
  return html`${zone.reason}${zone.advice && html`<span class="advice"> What to do: ${zone.advice}</span>`}`;
}
