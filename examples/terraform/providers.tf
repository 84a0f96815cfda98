# SPDX-License-Identifier: Apache-2.0
terraform {
  required_version = ">= 1.5"
  required_providers {
    konnect = {
      source = "kong/konnect"
    }
    konnect-beta = {
      source = "kong/konnect-beta"
    }
  }
}

# Both find the token in KONNECT_TOKEN. Resources under /v1/mesh go to server_url; those of accounts
# go to a fixed host instead, which the environment has to replace: see README.md.
provider "konnect" {
  server_url = var.skyden_url
}

provider "konnect-beta" {
  server_url = var.skyden_url
}
