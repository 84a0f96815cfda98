// SPDX-License-Identifier: Apache-2.0
#include "resources/manager/mesh_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/plugins/ca/ca_config.pb.h"
#include "resources/manager/secret_spec.h"
#include "resources/manager/text_rules.h"
#include "resources/proto/go_text.h"
#include "resources/proto/jsonpb.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"

namespace skyden::resources {
namespace {

using Violations = std::vector<base::FieldViolation>;
using BuiltinConfig = kuma::plugins::ca::BuiltinCertificateAuthorityConfig;
using ProvidedConfig = kuma::plugins::ca::ProvidedCertificateAuthorityConfig;
using kuma::system::v1alpha1::DataSource;

constexpr size_t kSecretNameBytes = 255;
constexpr int kRsaBitsDefault = 2048;
constexpr uint32_t kRsaBitsMin = 1024;
constexpr uint32_t kRsaBitsMax = 4096;  // more would keep a thread busy for minutes
constexpr absl::Duration kClockSkew = absl::Seconds(10);
constexpr absl::Duration kAuthorityLife = absl::Hours(10 * 365 * 24);

MeshBackend::Kind KindOf(std::string_view type) {
  if (type == "builtin") return MeshBackend::Kind::kBuiltin;
  if (type == "provided") return MeshBackend::Kind::kProvided;
  return MeshBackend::Kind::kUnknown;
}

std::string NotTheShape(const absl::Status& why) {
  return fmt::format("could not convert backend config: {}", std::string(why.message()));
}

// "10d", "4h", "0": one number and one unit. nullopt when it is not that, or does not fit.
std::optional<absl::Duration> ParsePlainDuration(std::string_view text) {
  if (text == "0") return absl::ZeroDuration();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  absl::Duration one;
  if (unit == "y") {
    one = absl::Hours(24 * 365);
  } else if (unit == "w") {
    one = absl::Hours(24 * 7);
  } else if (unit == "d") {
    one = absl::Hours(24);
  } else if (unit == "h") {
    one = absl::Hours(1);
  } else if (unit == "m") {
    one = absl::Minutes(1);
  } else if (unit == "s") {
    one = absl::Seconds(1);
  } else if (unit == "ms") {
    one = absl::Milliseconds(1);
  } else {
    return std::nullopt;
  }
  const absl::Duration all = one * number;
  if (all > absl::Hours(24 * 365 * 100)) return std::nullopt;
  return all;
}

Violations CheckBuiltin(const MeshBackend& backend, std::string_view mesh) {
  Violations violations;
  BuiltinConfig config;
  if (const absl::Status decoded = JsonpbDecode(backend.conf_json, config); !decoded.ok()) {
    violations.push_back({"", NotTheShape(decoded)});
  }
  const std::string secret_name = BuiltinCaCertificateName(mesh, backend.name);
  if (secret_name.size() > kSecretNameBytes) {
    violations.push_back(
        {"mtls.backends.name",
         fmt::format("Backend name is too long. Max length: {}", kSecretNameBytes)});
  }
  if (!IsDnsSubdomain(secret_name)) {
    violations.push_back(
        {"mtls.backends.name", GoQuote(backend.name) + " name must be valid dns name"});
  }
  const auto& authority = config.cacert();
  if (authority.has_rsabits() && authority.rsabits().value() != 0 &&
      (authority.rsabits().value() < kRsaBitsMin || authority.rsabits().value() > kRsaBitsMax)) {
    violations.push_back(
        {"caCert.RSAbits", fmt::format("must be in the range [{}, {}]", kRsaBitsMin, kRsaBitsMax)});
  }
  if (!authority.expiration().empty() && !ParsePlainDuration(authority.expiration())) {
    violations.push_back({"caCert.expiration", "has to be a valid format"});
  }
  return violations;
}

Violations CheckSource(const DataSource& source, std::string_view field) {
  const auto at = [&](std::string_view name) { return fmt::format("{}.{}", field, name); };
  switch (source.type_case()) {
    case DataSource::TYPE_NOT_SET:
      return {{std::string(field),
               "data source has to be chosen. Available sources: secret, file, inline"}};
    case DataSource::kSecret:
      if (source.secret().empty()) return {{at("secret"), "cannot be empty"}};
      break;
    case DataSource::kInline:
      if (source.inline_().value().empty()) return {{at("inline"), "cannot be empty"}};
      break;
    case DataSource::kFile:
      if (source.file().empty()) return {{at("file"), "cannot be empty"}};
      break;
    case DataSource::kInlineString:
      break;
  }
  return {};
}

// INVALID_ARGUMENT with the reason when there is nothing to load.
absl::StatusOr<std::string> LoadSource(store::ReadTx& tx, model::TypeId secret_type,
                                       const std::string& mesh, const DataSource& source) {
  switch (source.type_case()) {
    case DataSource::kInline:
      return source.inline_().value();
    case DataSource::kInlineString:
      return source.inlinestring();
    case DataSource::kSecret: {
      SKYDEN_ASSIGN_OR_RETURN(const auto secret,
                              tx.FindResource(secret_type, {mesh, source.secret()}));
      if (secret.has_value()) return SecretData(*secret);
      return absl::InvalidArgumentError(
          fmt::format("could not load data: resource not found: type=\"Secret\" name={} mesh={}",
                      GoQuote(source.secret()), GoQuote(mesh)));
    }
    default:
      // The host's files are no business of a tenant: whatever the path, there is nothing there.
      return absl::InvalidArgumentError(
          fmt::format("could not load data: open {}: no such file or directory", source.file()));
  }
}

absl::StatusOr<Violations> CheckProvided(store::ReadTx& tx, model::TypeId secret_type,
                                         const std::string& mesh, const MeshBackend& backend) {
  ProvidedConfig config;
  if (const absl::Status decoded = JsonpbDecode(backend.conf_json, config); !decoded.ok()) {
    return Violations{{"", NotTheShape(decoded)}};
  }
  Violations violations;
  const auto add = [&](bool has, const DataSource& source, std::string_view field) {
    Violations more =
        has ? CheckSource(source, field) : Violations{{std::string(field), "has to be defined"}};
    std::move(more.begin(), more.end(), std::back_inserter(violations));
  };
  add(config.has_cert(), config.cert(), "cert");
  add(config.has_key(), config.key(), "key");
  if (!violations.empty()) return violations;

  const auto key = LoadSource(tx, secret_type, mesh, config.key());
  const auto certificate = key.ok() ? LoadSource(tx, secret_type, mesh, config.cert()) : key;
  if (!certificate.ok()) {
    if (!absl::IsInvalidArgument(certificate.status())) return certificate.status();
    const std::string why(certificate.status().message());
    return Violations{{"cert", why}, {"key", why}};
  }
  if (const absl::Status pair = base::CheckCaPair(*certificate, *key); !pair.ok()) {
    violations.push_back(
        {"cert", fmt::format("not a valid TLS key pair: {}", std::string(pair.message()))});
  }
  return violations;
}

}  // namespace

absl::StatusOr<MeshSpec> ParseMeshSpec(std::string_view spec) {
  kuma::mesh::v1alpha1::Mesh mesh;
  if (!mesh.ParseFromArray(spec.data(), static_cast<int>(spec.size()))) {
    return absl::DataLossError("a stored mesh does not decode");
  }
  MeshSpec parsed;
  parsed.enabled_backend = mesh.mtls().enabledbackend();
  parsed.skip_validation = mesh.mtls().skipvalidation();
  for (const auto& backend : mesh.mtls().backends()) {
    std::string conf = "{}";
    if (backend.has_conf()) {
      SKYDEN_ASSIGN_OR_RETURN(conf, JsonpbEncode(backend.conf()));
    }
    parsed.backends.push_back(
        {KindOf(backend.type()), backend.name(), backend.type(), std::move(conf)});
  }
  parsed.skip_initial_policies.assign(mesh.skipcreatinginitialpolicies().begin(),
                                      mesh.skipcreatinginitialpolicies().end());
  return parsed;
}

absl::StatusOr<Violations> CheckMesh(store::ReadTx& tx, model::TypeId secret_type,
                                     const std::string& mesh, const MeshSpec* stored,
                                     const MeshSpec& written) {
  Violations violations;
  if (stored != nullptr && !stored->enabled_backend.empty() && !written.enabled_backend.empty() &&
      stored->enabled_backend != written.enabled_backend) {
    violations.push_back({"mtls.enabledBackend",
                          "Changing CA when mTLS is enabled is forbidden. Disable mTLS first and "
                          "then change the CA"});
  }
  for (size_t i = 0; i < written.backends.size(); ++i) {
    const MeshBackend& backend = written.backends[i];
    if (backend.kind == MeshBackend::Kind::kUnknown) {
      violations.push_back({fmt::format("mtls.backends[{}].type", i),
                            "could not find installed plugin for this type"});
      return violations;
    }
    if (written.skip_validation) continue;
    Violations found;
    if (backend.kind == MeshBackend::Kind::kBuiltin) {
      found = CheckBuiltin(backend, mesh);
    } else {
      SKYDEN_ASSIGN_OR_RETURN(found, CheckProvided(tx, secret_type, mesh, backend));
    }
    for (base::FieldViolation& violation : found) {
      const std::string_view dot = violation.field.empty() ? "" : ".";
      violation.field = fmt::format("mtls.backends[{}].conf{}{}", i, dot, violation.field);
      violations.push_back(std::move(violation));
    }
  }
  return violations;
}

absl::StatusOr<std::vector<MeshBackend>> FindMissingAuthorities(store::ReadTx& tx,
                                                                model::TypeId secret_type,
                                                                const std::string& mesh,
                                                                const MeshSpec& written) {
  std::vector<MeshBackend> missing;
  for (const MeshBackend& backend : written.backends) {
    if (backend.kind != MeshBackend::Kind::kBuiltin) continue;
    for (const std::string& name : SecretsUsedBy(backend, mesh)) {
      SKYDEN_ASSIGN_OR_RETURN(const auto secret, tx.FindResource(secret_type, {mesh, name}));
      if (secret.has_value()) continue;
      missing.push_back(backend);
      break;
    }
  }
  return missing;
}

absl::StatusOr<std::vector<MeshSecret>> MakeMissingAuthorities(
    const std::vector<MeshBackend>& missing, const std::string& mesh, absl::Time now) {
  std::vector<MeshSecret> secrets;
  for (const MeshBackend& backend : missing) {
    // Validation may have been skipped: what does not decode or is out of bounds has no effect.
    BuiltinConfig config;
    if (!JsonpbDecode(backend.conf_json, config).ok()) config.Clear();
    const uint32_t bits = config.cacert().rsabits().value();
    const bool usable = bits >= kRsaBitsMin && bits <= kRsaBitsMax;
    const auto life = ParsePlainDuration(config.cacert().expiration());
    const bool expires = !config.cacert().expiration().empty() && life.has_value();
    SKYDEN_ASSIGN_OR_RETURN(
        const base::CertificateAndKey authority,
        base::GenerateMeshCa(mesh, usable ? static_cast<int>(bits) : kRsaBitsDefault,
                             now - kClockSkew, now + (expires ? *life : kAuthorityLife)));
    secrets.push_back({{mesh, BuiltinCaCertificateName(mesh, backend.name)},
                       SecretSpec(authority.certificate_pem)});
    secrets.push_back(
        {{mesh, BuiltinCaKeyName(mesh, backend.name)}, SecretSpec(authority.private_key_pem)});
  }
  return secrets;
}

std::vector<std::string> SecretsUsedBy(const MeshBackend& backend, std::string_view mesh) {
  std::vector<std::string> names;
  if (backend.kind == MeshBackend::Kind::kBuiltin) {
    names = {BuiltinCaCertificateName(mesh, backend.name), BuiltinCaKeyName(mesh, backend.name)};
  } else if (backend.kind == MeshBackend::Kind::kProvided) {
    ProvidedConfig config;
    if (!JsonpbDecode(backend.conf_json, config).ok()) return names;
    for (const DataSource* source : {&config.cert(), &config.key()}) {
      if (!source->secret().empty()) names.push_back(source->secret());
    }
  }
  return names;
}

}  // namespace skyden::resources
