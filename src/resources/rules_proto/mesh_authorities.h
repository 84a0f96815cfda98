// SPDX-License-Identifier: Apache-2.0
// A mesh's certificate authorities: the rules that need the mesh's name, and those on a provided
// pair of certificate and key, whose parts may be secrets that only the store can give.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/base/status.h"

namespace google::protobuf {
class Message;
}

namespace skyden::resources::rules_proto {

// Checks all that needs no store, so also a provided pair that is given inline. Nothing for
// messages other than Mesh.
std::vector<base::FieldViolation> CheckAuthorities(const google::protobuf::Message& spec,
                                                   std::string_view mesh_name);

// Where one part of a provided pair comes from.
struct CaSource {
  enum class Kind { kNone, kSecret, kFile, kInline } kind = Kind::kNone;
  std::string value;  // a secret's name, a path, or the bytes themselves
};

struct ProvidedCa {
  size_t index = 0;  // among mtls.backends
  std::string backend_name;
  CaSource cert;
  CaSource key;
};

struct BuiltinCa {
  std::string backend_name;
  uint32_t rsa_bits = 0;   // 0: the default
  std::string expiration;  // "1d"; empty: the default
};

// The authorities of a stored Mesh spec (its wire form), by backend type.
struct MeshAuthorities {
  std::string enabled_backend;
  bool skip_validation = false;
  std::vector<BuiltinCa> builtin;
  std::vector<ProvidedCa> provided;
};
MeshAuthorities AuthoritiesOf(std::string_view mesh_spec);

// Whether CheckAuthorities left the pair to whoever can read secrets: both sources are right, and
// one of them is a secret.
inline bool NeedsSecrets(const ProvidedCa& ca) {
  const auto is_right = [](const CaSource& source) {
    return source.kind != CaSource::Kind::kNone &&
           (source.kind == CaSource::Kind::kInline || !source.value.empty());
  };
  return is_right(ca.cert) && is_right(ca.key) &&
         (ca.cert.kind == CaSource::Kind::kSecret || ca.key.kind == CaSource::Kind::kSecret);
}

// What is wrong with a loaded pair; fields are below mtls.backends[index].conf.
std::vector<base::FieldViolation> CheckProvidedPair(size_t index, std::string_view cert_pem,
                                                    std::string_view key_pem);
// What Kuma says when a part cannot be loaded: the same at both fields.
std::vector<base::FieldViolation> ProvidedPairNotLoaded(size_t index, std::string_view why);
// "could not load data: resource not found: type=..."
std::string SecretNotFound(std::string_view secret_name, std::string_view mesh_name);

}  // namespace skyden::resources::rules_proto
