// SPDX-License-Identifier: Apache-2.0
// Envoy's API, as Kuma 2.14.3 has it: which messages there are, and what they look like.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace skyden::resources::envoy {

// Thread-safe. Descriptions are built when they are first asked for, and kept.
class Descriptions {
 public:
  // `gzipped`: a FileDescriptorSet. INVALID_ARGUMENT when it is none.
  static absl::StatusOr<std::unique_ptr<Descriptions>> Load(std::string_view gzipped);
  ~Descriptions();

  // An empty message of that type, which lives as long as this does; null when there is none.
  // INVALID_ARGUMENT, in Go's words, when another thing has that name.
  absl::StatusOr<const google::protobuf::Message*> Find(const std::string& full_name) const;

  // Of all messages, in order.
  std::vector<std::string> MessageNames() const;

 private:
  class Files;
  explicit Descriptions(std::unique_ptr<Files> files);

  const std::unique_ptr<Files> files_;
  google::protobuf::DescriptorPool pool_;
  mutable google::protobuf::DynamicMessageFactory factory_;
};

}  // namespace skyden::resources::envoy
