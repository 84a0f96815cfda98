// SPDX-License-Identifier: Apache-2.0
/** One resource of a control plane, by its type, mesh and name. */
import { get, managerPath, withQuery } from './api.js';

/** @param {string} id of the control plane @returns {Promise<any[]>} its types, with the paths that they have */
export const readTypes = async (id) => (await get(`${managerPath(id)}/api/_resources`)).resources;

/**
 * @param {string} id of the control plane
 * @param {any[]} types
 * @param {any} resource type, mesh, name
 * @param {number} [revision] the present without it
 * @returns {string} where it is read; empty when there is no such type
 */
export function resourcePath(id, types, { type, mesh, name }, revision) {
  const found = types.find((one) => one.name === type);
  if (!found) return '';
  const within = found.scope === 'Mesh' ? `meshes/${encodeURIComponent(mesh ?? '')}/` : '';
  return withQuery(`${managerPath(id)}/api/${within}${found.path}/${encodeURIComponent(name)}`, { 'at-revision': revision });
}
