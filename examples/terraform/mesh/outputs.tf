# SPDX-License-Identifier: Apache-2.0
output "id" {
  value = konnect_mesh_control_plane.this.id
}

# KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS of each zone.
output "global_addresses" {
  value = {
    for zone in var.zones : zone => format("grpcs://%s:%s@%s", konnect_mesh_control_plane.this.id,
    konnect_system_account_access_token.zone[zone].token, var.kds_address)
  }
  sensitive = true
}
