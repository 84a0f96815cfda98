// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with the documents of an import.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/base/status.h"
#include "skyden/resources/transfer.h"

namespace skyden::resources {

// Whether the resource or the request is to blame; anything else ends the import.
bool IsRefusal(const absl::Status& status);

// "document 3, MeshTimeout default/web"; as much of it as is known.
std::string NameOfDocument(size_t document, std::string_view type, std::string_view mesh,
                           std::string_view name);

class ImportErrors {
 public:
  // `where`: NameOfDocument. Takes the violations of `why` one by one.
  void Add(const std::string& where, const absl::Status& why);
  bool empty() const { return documents_ == 0; }
  // INVALID_ARGUMENT with what was added. Not for an empty one.
  absl::Status Take(size_t documents) const;

 private:
  std::vector<base::FieldViolation> violations_;
  size_t documents_ = 0;
};

}  // namespace skyden::resources
