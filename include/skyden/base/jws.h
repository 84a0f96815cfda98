// SPDX-License-Identifier: Apache-2.0
// Signed texts, public keys of others and the signatures they make (JSON Web Signature, RFC 7515
// and 7518).
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::base {

// The three parts of a compact serialisation, as they are written: base64url. Nothing of them is
// known.
struct JwsParts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_part;  // header and payload, with the dot between them
};
// nullopt unless there are just three. The parts point into `text`.
std::optional<JwsParts> SplitJws(std::string_view text);

// Immutable, cheap to copy.
class JwsKey {
 public:
  enum class Algorithm { kRs256, kEs256 };

  // Big-endian bytes of modulus and exponent. INVALID_ARGUMENT under 2048 or over 8192 bits, and
  // when they are no key.
  static absl::StatusOr<JwsKey> Rsa(std::string_view modulus, std::string_view exponent);
  // 32 bytes each. INVALID_ARGUMENT when the point is not on the curve P-256.
  static absl::StatusOr<JwsKey> P256(std::string_view x, std::string_view y);

  Algorithm algorithm() const { return algorithm_; }
  // OK when `signature` is this key's under `data`; UNAUTHENTICATED otherwise.
  absl::Status Verify(std::string_view data, std::string_view signature) const;

 private:
  JwsKey(Algorithm algorithm, std::shared_ptr<void> key)
      : algorithm_(algorithm), key_(std::move(key)) {}
  Algorithm algorithm_;
  std::shared_ptr<void> key_;  // EVP_PKEY
};

}  // namespace skyden::base
