# SPDX-License-Identifier: Apache-2.0
variable "name" {
  type = string
}

variable "zones" {
  description = "Names of zones that may connect"
  type        = set(string)
}

variable "kds_address" {
  type = string
}

variable "request_timeout" {
  type    = string
  default = "15s"
}

variable "tokens_expire_at" {
  description = "When zones' tokens end (RFC 3339), at most 12 months away; another time makes new ones"
  type        = string
}

variable "viewers" {
  description = "Accounts that may read this control plane: name and what they are for"
  type        = map(string)
  default     = {}
}

variable "viewing_users" {
  description = "Ids of people who may read this control plane"
  type        = set(string)
  default     = []
}
