// SPDX-License-Identifier: Apache-2.0
/** Zones across control planes. */
import { html } from './html.js';
import { useState } from './hooks.js';
import { get, withQuery } from './api.js';
import { change, query, zonePath } from './routes.js';
import { Screen } from './screen.js';
import { Button, Empty, Shown } from './parts.js';
import { Containing, Facet, filterOf } from './facets.js';
import { Table } from './table.js';
import { after, usePages } from './pages.js';
import { useFresh } from './events.js';
import { zoneColumns, zoneDetail } from './zone_columns.js';
import { download } from './csv.js';
import { announce } from './announce.js';
import { number } from './words.js';

const kColumns = 'skyden-zone-columns';
const kExportPage = 1000;

/** @returns {string[]} */
function hiddenColumns() {
  return (localStorage.getItem(kColumns) ?? '').split(',').filter(Boolean);
}

/** @param {{hidden: string[], onChange: (hidden: string[]) => void}} properties */
function Columns({ hidden, onChange }) {
  const toggle = (/** @type {string} */ key) => {
    const next = hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key];
    localStorage.setItem(kColumns, next.join(','));
    onChange(next);
  };
  return html`<details class="menu"><summary>Columns</summary><div>${zoneColumns.slice(1).map((column) => html`
    <label key=${column.key} class="check"><input type="checkbox" checked=${!hidden.includes(column.key)}
      onChange=${() => toggle(column.key)} /> ${column.title}</label>`)}</div></details>`;
}

/** All that the filters let through, not only what was scrolled to. @param {string} path */
async function exportCsv(path) {
  const lines = [zoneColumns.map((column) => column.title)];
  let next = null;
  do {
    const page = await get(next === null ? path : after(path, next));
    for (const zone of page.data) lines.push(zoneColumns.map((column) => /** @type {any} */ (column.csv(zone))));
    next = page.meta.page.next ?? null;
  } while (next !== null);
  download('zones.csv', lines);
  announce(`Exported ${number(lines.length - 1)} zones.`);
}

/** The filters of the address as the API has them. */
function filters() {
  return {
    ...filterOf('status', 'status'), ...filterOf('control_plane', 'control_plane_id'), ...filterOf('version', 'version'),
    ...filterOf('network', 'network'), ...filterOf('name', 'name'), sort: query.value.get('sort') ?? undefined,
  };
}

/** @param {{controlPlane?: string, columns: any[]}} properties controlPlane: of one alone */
function ZoneTable({ controlPlane, columns }) {
  const own = controlPlane ? { 'filter[control_plane_id]': controlPlane } : {};
  const { first, rows, readMore } = usePages(withQuery('/v3/zones', { ...filters(), ...own }), after);
  useFresh(first.reload, (one) => one.kind === 'zone' && (!controlPlane || one.data.control_plane?.id === controlPlane));
  const filtered = ['status', 'version', 'network', 'name', ...(controlPlane ? [] : ['control_plane'])].some((name) => query.value.get(name));
  const facets = first.data?.facets ?? {};
  return html`<div class="filters" role="search" aria-label="Zones">
      <${Facet} name="status" title="Status" values=${facets.status} />
      ${!controlPlane && html`<${Facet} name="control_plane" title="Control plane" values=${facets.control_plane_id} />`}
      <${Facet} name="version" title="Kuma" values=${facets.version} />
      <${Facet} name="network" title="From" values=${facets.network} />
      <${Containing} name="name" title="Name contains" />
      ${filtered && html`<button type="button" onClick=${() => change({ status: '', control_plane: '', version: '', network: '', name: '' })}>Clear</button>`}
    </div>
    <${Shown} of=${first} rows=${12}>${(/** @type {any} */ data) => rows.length === 0
      ? html`<${Empty}><p>${filtered ? 'No zone passes these filters.' : 'No zones yet: open a control plane and press Connect a zone.'}</p><//>`
      : html`<${Table} label="Zones" columns=${columns} rows=${rows} total=${data.meta.page.total}
          rowKey=${(/** @type {any} */ z) => `${z.control_plane.id} ${z.name}`}
          hrefOf=${(/** @type {any} */ z) => zonePath(z.control_plane.id, z.name)} detail=${zoneDetail}
          sort=${query.value.get('sort') ?? 'status'} onSort=${(/** @type {string} */ sort) => change({ sort })} onMore=${readMore} />`}
    <//>`;
}

export default function Zones() {
  const [hidden, setHidden] = useState(hiddenColumns);
  const aside = html`<${Columns} hidden=${hidden} onChange=${setHidden} />
    <${Button} onPress=${() => exportCsv(withQuery('/v3/zones', { ...filters(), 'page[size]': kExportPage }))}>Export CSV<//>`;
  return html`<${Screen} title="Zones" aside=${aside}>
    <${ZoneTable} columns=${zoneColumns.filter((column) => !hidden.includes(column.key))} /><//>`;
}

const ownColumns = zoneColumns.filter((column) => column.key !== 'control_plane');

/** Those of one control plane. @param {{id: string}} properties */
export const ControlPlaneZones = ({ id }) => html`<${ZoneTable} controlPlane=${id} columns=${ownColumns} />`;
