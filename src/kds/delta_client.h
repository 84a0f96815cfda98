// SPDX-License-Identifier: Apache-2.0
// The client's half of the stream on which a zone tells what it has. The gRPC server plays the
// xDS client here: it asks once for every type and confirms what it stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kds/delta_server.h"
#include "kds/messages.h"
#include "skyden/model/type_registry.h"

namespace skyden::kds {

// Strand-bound, no I/O.
class DeltaClient {
 public:
  // `metadata_field` is what NodeMetadataField made for `version`, which is the control plane's;
  // both must outlive this.
  DeltaClient(const model::TypeRegistry& registry, model::KumaVersion version, std::string zone,
              const std::string& metadata_field);

  // The first requests, one for each type that zones provide, encoded.
  std::vector<std::string> Start();

  // What to do with a response.
  struct Accepted {
    const model::TypeDescriptor* type = nullptr;
    // The response is everything the zone has of the type; what it does not name is gone.
    bool complete = false;
  };
  // nullopt: not something that was asked for; to be ignored.
  std::optional<Accepted> OnResponse(const DeltaResponse& response);

  // The request that confirms a response, once it is stored. `error` not empty: some of it was not
  // taken; the text says what, and is cut to `limits::kNackTextBytes`.
  std::string Confirm(const model::TypeDescriptor& type, std::string_view nonce,
                      std::string_view error);

 private:
  const model::TypeRegistry& registry_;
  const model::KumaVersion version_;
  const std::string zone_;
  const std::string& metadata_field_;
  TypeSet asked_;
  TypeSet confirmed_;  // the complete state was stored
};

// Field 3 of the Node that stands for a global of this version in its requests to zones.
std::string NodeMetadataField(model::KumaVersion version, std::string_view instance_id);

// Cuts text for a NACK: valid UTF-8, at most `bytes_max`.
std::string CutText(std::string_view text, size_t bytes_max);

}  // namespace skyden::kds
