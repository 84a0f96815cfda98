# SPDX-License-Identifier: Apache-2.0
# A control plane with a mesh, its zones' credentials, policies, and who may look at it.
terraform {
  required_providers {
    konnect = {
      source = "kong/konnect"
    }
    konnect-beta = {
      source = "kong/konnect-beta"
    }
  }
}

# The provider has the daemon make neither a mesh nor hostnames; what there is, is said here.
resource "konnect_mesh_control_plane" "this" {
  name        = var.name
  description = "Made by Terraform"
  labels      = { managed-by = "terraform" }
}

resource "konnect_mesh" "default" {
  provider = konnect-beta
  cp_id    = konnect_mesh_control_plane.this.id
  type     = "Mesh"
  name     = "default"

  skip_creating_initial_policies = ["*"]
}

resource "konnect_mesh_timeout" "all" {
  provider = konnect-beta
  cp_id    = konnect_mesh_control_plane.this.id
  type     = "MeshTimeout"
  mesh     = konnect_mesh.default.name
  name     = "all"

  spec = {
    target_ref = { kind = "Mesh" }
    to = [{
      target_ref = { kind = "Mesh" }
      default = {
        connection_timeout = "2s"
        http               = { request_timeout = var.request_timeout }
      }
    }]
  }
}

resource "konnect_mesh_traffic_permission" "within" {
  provider = konnect-beta
  cp_id    = konnect_mesh_control_plane.this.id
  type     = "MeshTrafficPermission"
  mesh     = konnect_mesh.default.name
  name     = "within-the-mesh"

  spec = {
    target_ref = { kind = "Mesh" }
    from = [{
      target_ref = { kind = "Mesh" }
      default    = { action = "Allow" }
    }]
  }
}

# A zone is whoever connects with a token of an account that may connect here, and nothing else.
resource "konnect_system_account" "zone" {
  for_each        = var.zones
  name            = "${var.name}-zone-${each.key}"
  description     = "Connects the zone ${each.key}"
  konnect_managed = false
}

resource "konnect_system_account_role" "zone" {
  for_each         = var.zones
  account_id       = konnect_system_account.zone[each.key].id
  entity_id        = konnect_mesh_control_plane.this.id
  entity_region    = "*"
  entity_type_name = "Mesh Control Planes"
  role_name        = "Connector"
}

resource "konnect_system_account_access_token" "zone" {
  for_each   = var.zones
  account_id = konnect_system_account.zone[each.key].id
  name       = "zone"
  expires_at = var.tokens_expire_at
}

# Who may look: a team with the role, people and accounts in it. Taking one out is one resource less.
resource "konnect_team" "viewers" {
  name        = "${var.name}-viewers"
  description = "Reads the control plane ${var.name}"
  labels      = { managed-by = "terraform" }
}

resource "konnect_team_role" "viewers" {
  team_id          = konnect_team.viewers.id
  entity_id        = konnect_mesh_control_plane.this.id
  entity_region    = "*"
  entity_type_name = "Mesh Control Planes"
  role_name        = "Viewer"
}

resource "konnect_team_user" "viewer" {
  for_each = var.viewing_users
  team_id  = konnect_team.viewers.id
  user_id  = each.value
}

resource "konnect_system_account" "viewer" {
  for_each        = var.viewers
  name            = "${var.name}-${each.key}"
  description     = each.value
  konnect_managed = false
}

resource "konnect_system_account_team" "viewer" {
  for_each   = var.viewers
  team_id    = konnect_team.viewers.id
  account_id = konnect_system_account.viewer[each.key].id
}
