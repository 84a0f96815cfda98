# SPDX-License-Identifier: Apache-2.0
# Two control planes of the same make: what changes is tried in staging first.
module "staging" {
  source           = "./mesh"
  name             = "staging"
  zones            = ["east"]
  kds_address      = var.kds_address
  tokens_expire_at = var.tokens_expire_at
}

module "production" {
  source           = "./mesh"
  name             = "production"
  zones            = ["east", "west"]
  request_timeout  = "5s"
  viewers          = { oncall = "reads, to find out what is wrong" }
  kds_address      = var.kds_address
  tokens_expire_at = var.tokens_expire_at
}

# terraform output -json global_addresses
output "global_addresses" {
  description = "What each zone is configured with as its global address"
  value = {
    staging    = module.staging.global_addresses
    production = module.production.global_addresses
  }
  sensitive = true
}
