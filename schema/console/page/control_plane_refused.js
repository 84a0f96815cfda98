// SPDX-License-Identifier: Apache-2.0
/** Who was turned away, what zones do not take, and what they are not sent. */
import { html } from './html.js';
import { managerPath } from './api.js';
import { useLoad } from './load.js';
import { useFresh } from './events.js';
import { zonePath } from './routes.js';
import { Empty, Panel, Shown } from './parts.js';
import { Table } from './table.js';
import { Time, number } from './words.js';

/** @param {string} id */
const zoneLink = (id) => ({
  key: 'zone', title: 'Zone', cell: (/** @type {any} */ one) => (one.zone_name ? html`<a href=${zonePath(id, one.zone_name)}>${one.zone_name}</a>` : 'none named'),
});

const connections = [
  { key: 'at', title: 'When', cell: (/** @type {any} */ one) => html`<${Time} at=${one.at} />` },
  { key: 'peer', title: 'From', cell: (/** @type {any} */ one) => one.peer },
  { key: 'reason', title: 'Why', cell: (/** @type {any} */ one) => one.reason },
];
const resources = [
  { key: 'since', title: 'Since', cell: (/** @type {any} */ one) => html`<${Time} at=${one.since} />` },
  { key: 'what', title: 'Resource', cell: (/** @type {any} */ one) => [one.type, one.mesh, one.name].filter(Boolean).join(' ') },
  { key: 'reason', title: 'In its words', cell: (/** @type {any} */ one) => one.reason },
];
const withheld = [
  { key: 'since', title: 'Since', cell: (/** @type {any} */ one) => html`<${Time} at=${one.since} />` },
  { key: 'type', title: 'Type', cell: (/** @type {any} */ one) => one.type },
  { key: 'bytes', title: 'Bytes', number: true, cell: (/** @type {any} */ one) => `${number(one.bytes)} of ${number(one.bytes_max)}` },
];

/** @param {{id: string, title: string, at: string, columns: any[], none: string, detail?: (one: any) => any}} properties */
function List({ id, title, at, columns, none, detail }) {
  const list = useLoad(`${managerPath(id)}/ops/${at}`);
  useFresh(list.reload, ({ kind, data }) => kind === 'zone' && data.control_plane?.id === id);
  return html`<${Panel} title=${title}><${Shown} of=${list} rows=${2}>${(/** @type {any} */ data) => data.data.length === 0
    ? html`<${Empty}><p>${none}</p><//>`
    : html`<${Table} label=${title} columns=${[zoneLink(id), ...columns]} rows=${data.data} detail=${detail}
        rowKey=${(/** @type {any} */ one) => JSON.stringify([one.zone_name, one.at ?? one.since, one.peer, one.type, one.mesh, one.name])} />`}<//><//>`;
}

/** @param {{id: string}} properties */
export default function Refused({ id }) {
  return html`
    <${List} id=${id} title="Zones turned away" at="rejected-connections" columns=${connections} none="No zone was turned away lately."
      detail=${(/** @type {any} */ one) => one.advice && html`<span class="advice">What to do: ${one.advice}</span>`} />
    <${List} id=${id} title="Resources that zones refuse" at="rejected-resources" columns=${resources} none="Zones take all that they are sent." />
    <${List} id=${id} title="Types that zones are not sent" at="withheld-types" columns=${withheld} none="Zones are sent every type." />`;
}
