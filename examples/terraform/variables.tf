# SPDX-License-Identifier: Apache-2.0
variable "skyden_url" {
  description = "The daemon's REST port, https://skyden.example.com"
  type        = string
}

variable "kds_address" {
  description = "Where zones dial, without a scheme: kds.skyden.example.com:5685"
  type        = string
}

variable "tokens_expire_at" {
  description = "When zones' tokens end, at most 12 months away: 2027-06-30T00:00:00Z"
  type        = string
}
