// SPDX-License-Identifier: Apache-2.0
// What a zone says when it refuses what it was sent (the message of a NACK), read for people.
//
// A zone checks each resource of a response by itself and says one line for each that it refuses,
// in the order in which they were sent: "<field>: <reason>; <field>: <reason>". Such a line does
// not name the resource. What its store refuses does: `resource already exists: type="T" name="n"
// mesh="m"`, under a first line "user error". Kubernetes says `<kind>.kuma.io "n.kuma-system" ...`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/model/type_registry.h"

namespace skyden::kds {

// Shown in place of what is secret.
inline constexpr std::string_view kMask = "*****";

struct RefusedLine {
  std::string_view text;
  std::string_view name;  // as it was sent, perhaps with a namespace behind it; empty: not said
};
// Views into `message`. Lines that begin with a space belong to the one before. At most
// limits::kRefusedPerZone are looked at.
std::vector<RefusedLine> ReadRefusal(std::string_view message);

// The text as it may be shown and logged: printable ASCII, at most limits::kNackTextBytes, without
// what looks like a key, a certificate or a token. Of secrets nothing is shown.
std::string ShownReason(const model::TypeDescriptor& type, std::string_view text);

}  // namespace skyden::kds
