// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_proto/mesh_authorities.h"

#include <google/protobuf/message.h>

#include <algorithm>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/plugins/ca/ca_config.pb.h"
#include "resources/go/net.h"
#include "resources/rules_proto/backend_conf.h"
#include "resources/rules_proto/report.h"
#include "resources/rules_proto/values.h"
#include "skyden/base/crypto.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::CertificateAuthorityBackend;
using kuma::mesh::v1alpha1::Mesh;
using kuma::plugins::ca::BuiltinCertificateAuthorityConfig;
using kuma::plugins::ca::ProvidedCertificateAuthorityConfig;
using kuma::system::v1alpha1::DataSource;

constexpr size_t kMeshNameMax = 63;
constexpr size_t kSecretNameMax = 255;

Path BackendPath(size_t index) { return Path("mtls.backends").Index(index); }

std::string NotConverted(const absl::Status& status) {
  return fmt::format("could not convert backend config: {}", std::string(status.message()));
}

void CheckBuiltin(const Path& path, const CertificateAuthorityBackend& backend,
                  std::string_view mesh_name, Report& report) {
  BuiltinCertificateAuthorityConfig conf;
  if (const absl::Status status = ToTyped(backend.conf(), conf); !status.ok()) {
    report.Add(path, NotConverted(status));
  }
  const std::string secret = fmt::format("{}.ca-builtin-cert-{}", mesh_name, backend.name());
  const Path name = path.Field("mtls.backends.name");
  if (secret.size() > kSecretNameMax) {
    report.Add(name, fmt::format("Backend name is too long. Max length: {}", kSecretNameMax));
  }
  const bool lower =
      std::none_of(secret.begin(), secret.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!IsDnsName(secret) || !lower) {
    report.Add(name, fmt::format("{} name must be valid dns name", GoQuote(backend.name())));
  }
}

void CheckChosenSource(const Path& path, bool has, const DataSource& source, Report& report) {
  if (!has) return report.Add(path, "has to be defined");
  switch (source.type_case()) {
    case DataSource::TYPE_NOT_SET:
      report.Add(path, "data source has to be chosen. Available sources: secret, file, inline");
      break;
    case DataSource::kSecret:
      if (source.secret().empty()) report.Add(path.Field("secret"), kEmpty);
      break;
    case DataSource::kInline:
      if (source.inline_().value().empty()) report.Add(path.Field("inline"), kEmpty);
      break;
    case DataSource::kFile:
      if (source.file().empty()) report.Add(path.Field("file"), kEmpty);
      break;
    case DataSource::kInlineString:
      break;
  }
}

CaSource SourceOf(const DataSource& source) {
  switch (source.type_case()) {
    case DataSource::kSecret:
      return {CaSource::Kind::kSecret, source.secret()};
    case DataSource::kInline:
      return {CaSource::Kind::kInline, source.inline_().value()};
    case DataSource::kInlineString:
      return {CaSource::Kind::kInline, source.inlinestring()};
    case DataSource::kFile:
      return {CaSource::Kind::kFile, source.file()};
    default:
      return {};
  }
}

void AddAll(const std::vector<base::FieldViolation>& violations, Report& report) {
  for (const base::FieldViolation& violation : violations) {
    report.Add(Path(violation.field), violation.reason);
  }
}

// A path names a file of whoever runs the daemon, never of the tenant: there is none to find.
std::string NoSuchFile(std::string_view path) {
  return fmt::format("could not load data: open {}: no such file or directory", path);
}

void CheckProvided(size_t index, const CertificateAuthorityBackend& backend, Report& report) {
  const Path path = BackendPath(index).Field("conf");
  ProvidedCertificateAuthorityConfig conf;
  if (const absl::Status status = ToTyped(backend.conf(), conf); !status.ok()) {
    return report.Add(path, NotConverted(status));
  }
  Report sources;
  CheckChosenSource(path.Field("cert"), conf.has_cert(), conf.cert(), sources);
  CheckChosenSource(path.Field("key"), conf.has_key(), conf.key(), sources);
  if (!sources.empty()) return AddAll(sources.Take(), report);

  const CaSource cert = SourceOf(conf.cert());
  const CaSource key = SourceOf(conf.key());
  if (key.kind == CaSource::Kind::kFile) {
    AddAll(ProvidedPairNotLoaded(index, NoSuchFile(key.value)), report);
  } else if (cert.kind == CaSource::Kind::kFile && key.kind == CaSource::Kind::kInline) {
    AddAll(ProvidedPairNotLoaded(index, NoSuchFile(cert.value)), report);
  } else if (cert.kind == CaSource::Kind::kInline && key.kind == CaSource::Kind::kInline) {
    AddAll(CheckProvidedPair(index, cert.value, key.value), report);
  }
}

}  // namespace

std::vector<base::FieldViolation> CheckAuthorities(const google::protobuf::Message& spec,
                                                   std::string_view mesh_name) {
  if (spec.GetDescriptor() != Mesh::descriptor()) return {};
  const Mesh::Mtls& mtls = static_cast<const Mesh&>(spec).mtls();
  Report report;
  if (mesh_name.size() > kMeshNameMax) {
    report.Add(Path("name"), fmt::format("cannot be longer than {} characters", kMeshNameMax));
  }
  for (int i = 0; i < mtls.backends_size(); ++i) {
    const CertificateAuthorityBackend& backend = mtls.backends(i);
    const auto index = static_cast<size_t>(i);
    if (backend.type() != "builtin" && backend.type() != "provided") {
      report.Add(BackendPath(index).Field("type"), "could not find installed plugin for this type");
      break;
    }
    if (mtls.skipvalidation()) continue;
    if (backend.type() == "builtin") {
      CheckBuiltin(BackendPath(index).Field("conf"), backend, mesh_name, report);
    } else {
      CheckProvided(index, backend, report);
    }
  }
  return report.Take();
}

MeshAuthorities AuthoritiesOf(std::string_view mesh_spec) {
  MeshAuthorities authorities;
  Mesh mesh;
  if (!mesh.ParseFromArray(mesh_spec.data(), static_cast<int>(mesh_spec.size()))) {
    return authorities;
  }
  authorities.enabled_backend = mesh.mtls().enabledbackend();
  authorities.skip_validation = mesh.mtls().skipvalidation();
  for (int i = 0; i < mesh.mtls().backends_size(); ++i) {
    const CertificateAuthorityBackend& backend = mesh.mtls().backends(i);
    if (backend.type() == "builtin") {
      BuiltinCertificateAuthorityConfig conf;
      static_cast<void>(ToTyped(backend.conf(), conf).ok());
      authorities.builtin.push_back(
          {backend.name(), conf.cacert().rsabits().value(), conf.cacert().expiration()});
    } else if (backend.type() == "provided") {
      ProvidedCertificateAuthorityConfig conf;
      if (!ToTyped(backend.conf(), conf).ok()) continue;  // CheckAuthorities has told
      authorities.provided.push_back(
          {static_cast<size_t>(i), backend.name(), SourceOf(conf.cert()), SourceOf(conf.key())});
    }
  }
  return authorities;
}

std::vector<base::FieldViolation> CheckProvidedPair(size_t index, std::string_view cert_pem,
                                                    std::string_view key_pem) {
  const absl::Status status = base::CheckCaPair(cert_pem, key_pem);
  if (status.ok()) return {};
  Report report;
  std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  if (violations.empty()) violations = {{"cert", std::string(status.message())}};
  report.AddAll(BackendPath(index).Field("conf"), violations);
  return report.Take();
}

std::vector<base::FieldViolation> ProvidedPairNotLoaded(size_t index, std::string_view why) {
  const Path conf = BackendPath(index).Field("conf");
  return {{conf.Field("cert").str(), std::string(why)},
          {conf.Field("key").str(), std::string(why)}};
}

std::string SecretNotFound(std::string_view secret_name, std::string_view mesh_name) {
  return fmt::format(R"(could not load data: resource not found: type="Secret" name={} mesh={})",
                     GoQuote(secret_name), GoQuote(mesh_name));
}

}  // namespace skyden::resources::rules_proto
