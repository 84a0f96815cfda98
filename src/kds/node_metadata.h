// SPDX-License-Identifier: Apache-2.0
// What a zone says of itself in its first message, and the credential inside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kds/names.h"
#include "skyden/base/limits.h"
#include "skyden/model/kuma_version.h"

namespace skyden::kds {

struct NodeMetadata {
  std::string version;
  std::string git_tag;
  std::string git_commit;
  std::string build_date;
  std::string instance_id;  // `control-plane-id`: of the zone's process
  std::string_view config;  // JSON text inside the message; holds the credential: never keep it
  Features features = 0;
  // What it takes in one message (multizone.zone.kds.maxMsgSize of its configuration), as far as we
  // send it: at least 64 KiB, at most limits::kKdsFirstStateBytes; limits::kKdsMessageBytes when it
  // does not say.
  size_t message_bytes_max = base::limits::kKdsMessageBytes;
};
// `bytes`: a google.protobuf.Struct. INVALID_ARGUMENT when it does not decode.
absl::StatusOr<NodeMetadata> ReadNodeMetadata(std::string_view bytes);

// `grpcs://<control plane>:<token>@host` in the zone's multizone.zone.globalAddress.
struct Credential {
  std::string control_plane;  // as written
  std::string token;
};
// nullopt when the address carries none.
std::optional<Credential> CredentialIn(std::string_view config);
// The configuration with the credential replaced by asterisks wherever it stands.
std::string MaskCredential(std::string_view config);

// Kuma 2.14 works with two minor versions before and after, 3.0 being the one that follows it, and
// with everything that names no version. What comes before a release counts as that release. A
// global of Kuma 3 is a 3.0, and takes zones from 2.14 on.
bool VersionIsCompatible(std::string_view zone_version,
                         model::KumaVersion global = model::KumaVersion::kTwo);

}  // namespace skyden::kds
