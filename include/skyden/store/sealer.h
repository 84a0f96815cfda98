// SPDX-License-Identifier: Apache-2.0
// Sealing of secrets at rest: AES-256-GCM under a data key, bound to what the secret belongs to.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::store {

// Thread-safe.
class Sealer {
 public:
  virtual ~Sealer() = default;
  // `context` (control plane, type, name) must be given again to open; it is not stored.
  virtual absl::StatusOr<std::string> Seal(std::string_view plain,
                                           std::string_view context) const = 0;
  // DATA_LOSS when the bytes, the context or the key are not those of Seal; the message names the
  // key id that is missing, never the secret.
  virtual absl::StatusOr<std::string> Open(std::string_view sealed,
                                           std::string_view context) const = 0;
  // The id of the key that seals.
  virtual std::string_view newest_key() const = 0;
};

// Reads the keys of `path`, one `<id> <base64 of 32 bytes>` a line, newest first: the first seals,
// all open. kIsMade: creates the file with one random key and mode 0600 when it does not exist.
// INVALID_ARGUMENT names the offending line; PERMISSION_DENIED when others may read the file;
// NOT_FOUND when there is none and none may be made.
enum class MissingKeyFile { kIsMade, kIsRefused };
absl::StatusOr<std::unique_ptr<Sealer>> LoadSealer(
    const std::string& path, MissingKeyFile missing = MissingKeyFile::kIsMade);

// The two halves of a rotation; between them everything is sealed anew. Each replaces the file at
// once or leaves it as it was. Errors as LoadSealer's; UNAVAILABLE when it cannot be written.
// Puts a new random key before the others: it seals whatever is sealed by those who load it now.
absl::Status AddSecretsKey(const std::string& path);
// Leaves nothing but the first key: what is sealed under another can never be opened again.
absl::Status DropOldSecretsKeys(const std::string& path);

}  // namespace skyden::store
