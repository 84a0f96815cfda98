// SPDX-License-Identifier: Apache-2.0
#include "resources/write/mesh_rules.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"

namespace skyden::resources {
namespace {

using Violations = std::vector<base::FieldViolation>;

constexpr uint32_t kRsaBitsDefault = 2048;
constexpr uint32_t kRsaBitsMin = 1024;
constexpr absl::Duration kClockSkew = absl::Seconds(10);
constexpr absl::Duration kAuthorityLife = absl::Hours(10 * 365 * 24);

// "10d", "4h", "0": one number and one unit. nullopt when it is not that. Kuma counts in Go's
// nanoseconds, which begin again behind some 292 years; so does this, and what it makes of such a
// life is what Kuma makes of it.
std::optional<absl::Duration> ParseLife(std::string_view text) {
  if (text == "0") return absl::ZeroDuration();
  constexpr std::pair<std::string_view, uint64_t> kUnits[] = {{"y", uint64_t{365} * 24 * 3'600'000},
                                                              {"w", uint64_t{7} * 24 * 3'600'000},
                                                              {"d", uint64_t{24} * 3'600'000},
                                                              {"h", 3'600'000},
                                                              {"m", 60'000},
                                                              {"s", 1'000},
                                                              {"ms", 1}};
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) number = std::numeric_limits<int64_t>::max();
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const auto& [name, milliseconds] : kUnits) {
    if (unit != name) continue;
    const uint64_t nanoseconds = static_cast<uint64_t>(number) * 1'000'000 * milliseconds;
    return absl::Nanoseconds(static_cast<int64_t>(nanoseconds));
  }
  return std::nullopt;
}

Violations CheckLimits(const rules_proto::BuiltinCa& authority, size_t index) {
  Violations violations;
  const auto add = [&](std::string_view field, std::string reason) {
    violations.push_back(
        {fmt::format("mtls.backends[{}].conf.caCert.{}", index, field), std::move(reason)});
  };
  const uint32_t bits = authority.rsa_bits;
  if (bits != 0 && (bits < kRsaBitsMin || bits > base::limits::kMeshAuthorityRsaBits)) {
    add("RSAbits", fmt::format("must be in the range [{}, {}]", kRsaBitsMin,
                               base::limits::kMeshAuthorityRsaBits));
  }
  if (!authority.expiration.empty() && !ParseLife(authority.expiration)) {
    add("expiration", "has to be a valid format");
  }
  return violations;
}

struct Part {
  std::string pem;
  std::string not_loaded;  // why, or ""
};

absl::StatusOr<Part> LoadPart(store::ReadTx& tx, model::TypeId secret_type, const std::string& mesh,
                              const rules_proto::CaSource& source) {
  switch (source.kind) {
    case rules_proto::CaSource::Kind::kInline:
      return Part{source.value, ""};
    case rules_proto::CaSource::Kind::kSecret: {
      SKYDEN_ASSIGN_OR_RETURN(const auto secret,
                              tx.FindResource(secret_type, {mesh, source.value}));
      if (!secret.has_value()) return Part{"", rules_proto::SecretNotFound(source.value, mesh)};
      SKYDEN_ASSIGN_OR_RETURN(std::string pem, SecretData(*secret));
      return Part{std::move(pem), ""};
    }
    default:
      // A path names a file of whoever runs the daemon: there is none to find.
      return Part{
          "", fmt::format("could not load data: open {}: no such file or directory", source.value)};
  }
}

absl::StatusOr<Violations> CheckProvided(store::ReadTx& tx, model::TypeId secret_type,
                                         const std::string& mesh,
                                         const rules_proto::ProvidedCa& authority) {
  SKYDEN_ASSIGN_OR_RETURN(const Part key, LoadPart(tx, secret_type, mesh, authority.key));
  if (!key.not_loaded.empty()) {
    return rules_proto::ProvidedPairNotLoaded(authority.index, key.not_loaded);
  }
  SKYDEN_ASSIGN_OR_RETURN(const Part cert, LoadPart(tx, secret_type, mesh, authority.cert));
  if (!cert.not_loaded.empty()) {
    return rules_proto::ProvidedPairNotLoaded(authority.index, cert.not_loaded);
  }
  return rules_proto::CheckProvidedPair(authority.index, cert.pem, key.pem);
}

}  // namespace

std::vector<std::string> SkippedPoliciesOf(std::string_view mesh_spec) {
  kuma::mesh::v1alpha1::Mesh mesh;
  if (!mesh.ParseFromArray(mesh_spec.data(), static_cast<int>(mesh_spec.size()))) return {};
  return {mesh.skipcreatinginitialpolicies().begin(), mesh.skipcreatinginitialpolicies().end()};
}

Violations CheckMeshChange(const rules_proto::MeshAuthorities& stored,
                           const rules_proto::MeshAuthorities& written) {
  if (stored.enabled_backend.empty() || written.enabled_backend.empty() ||
      stored.enabled_backend == written.enabled_backend) {
    return {};
  }
  return {{"mtls.enabledBackend",
           "Changing CA when mTLS is enabled is forbidden. Disable mTLS first and then change the "
           "CA"}};
}

absl::StatusOr<Violations> CheckAuthoritiesHere(store::ReadTx& tx, model::TypeId secret_type,
                                                const std::string& mesh,
                                                const rules_proto::MeshAuthorities& written) {
  Violations violations;
  const auto add = [&](Violations more) {
    std::move(more.begin(), more.end(), std::back_inserter(violations));
  };
  for (size_t i = 0; i < written.builtin.size(); ++i) add(CheckLimits(written.builtin[i], i));
  if (written.skip_validation) return violations;
  for (const rules_proto::ProvidedCa& authority : written.provided) {
    if (!rules_proto::NeedsSecrets(authority)) continue;
    SKYDEN_ASSIGN_OR_RETURN(Violations more, CheckProvided(tx, secret_type, mesh, authority));
    add(std::move(more));
  }
  return violations;
}

absl::StatusOr<std::vector<rules_proto::BuiltinCa>> FindMissingAuthorities(
    store::ReadTx& tx, model::TypeId secret_type, const std::string& mesh,
    const rules_proto::MeshAuthorities& written) {
  std::vector<rules_proto::BuiltinCa> missing;
  for (const rules_proto::BuiltinCa& authority : written.builtin) {
    for (const std::string& name : {BuiltinCaCertificateName(mesh, authority.backend_name),
                                    BuiltinCaKeyName(mesh, authority.backend_name)}) {
      SKYDEN_ASSIGN_OR_RETURN(const auto secret, tx.FindResource(secret_type, {mesh, name}));
      if (secret.has_value()) continue;
      missing.push_back(authority);
      break;
    }
  }
  return missing;
}

absl::StatusOr<std::vector<MeshSecret>> MakeAuthorities(
    const std::vector<rules_proto::BuiltinCa>& missing, const std::string& mesh, absl::Time now) {
  std::vector<MeshSecret> secrets;
  for (const rules_proto::BuiltinCa& authority : missing) {
    const uint32_t bits = authority.rsa_bits == 0 ? kRsaBitsDefault : authority.rsa_bits;
    const absl::Duration life = authority.expiration.empty()
                                    ? kAuthorityLife
                                    : ParseLife(authority.expiration).value_or(kAuthorityLife);
    SKYDEN_ASSIGN_OR_RETURN(
        const base::CertificateAndKey made,
        base::GenerateMeshCa(mesh, static_cast<int>(bits), now - kClockSkew, now + life));
    secrets.push_back({{mesh, BuiltinCaCertificateName(mesh, authority.backend_name)},
                       SecretSpec(made.certificate_pem)});
    secrets.push_back(
        {{mesh, BuiltinCaKeyName(mesh, authority.backend_name)}, SecretSpec(made.private_key_pem)});
  }
  return secrets;
}

std::vector<SecretUse> SecretsUsedBy(const rules_proto::MeshAuthorities& authorities,
                                     std::string_view mesh) {
  std::vector<SecretUse> uses;
  for (const rules_proto::BuiltinCa& authority : authorities.builtin) {
    uses.push_back(
        {BuiltinCaCertificateName(mesh, authority.backend_name), authority.backend_name});
    uses.push_back({BuiltinCaKeyName(mesh, authority.backend_name), authority.backend_name});
  }
  for (const rules_proto::ProvidedCa& authority : authorities.provided) {
    for (const rules_proto::CaSource* source : {&authority.cert, &authority.key}) {
      if (source->kind != rules_proto::CaSource::Kind::kSecret) continue;
      uses.push_back({source->value, authority.backend_name});
    }
  }
  return uses;
}

}  // namespace skyden::resources
