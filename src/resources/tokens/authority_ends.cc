// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/authority_ends.h"

#include <optional>
#include <utility>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/certificate_end.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using kuma::mesh::v1alpha1::CertificateAuthorityBackend;

// What stands in a member of `conf`'s data source; empty when it is another kind of source.
std::string SourceMember(const CertificateAuthorityBackend& backend, const std::string& member) {
  const auto& fields = backend.conf().fields();
  const auto cert = fields.find("cert");
  if (cert == fields.end()) return {};
  const auto& source = cert->second.struct_value().fields();
  const auto found = source.find(member);
  return found == source.end() ? std::string() : found->second.string_value();
}

class Reader {
 public:
  Reader(ResourceViews& views, const model::TypeRegistry& registry, const model::TenantScope& scope)
      : views_(views), secret_(registry.FindByName("Secret")->id), scope_(scope) {}

  // nullopt: there is none here.
  absl::StatusOr<std::optional<absl::Time>> EndOf(const std::string& mesh,
                                                  const CertificateAuthorityBackend& backend) {
    if (backend.type() == "builtin") {
      return OfSecret(mesh, BuiltinCaCertificateName(mesh, backend.name()));
    }
    const std::string secret = SourceMember(backend, "secret");
    if (!secret.empty()) return OfSecret(mesh, secret);
    const std::string text = SourceMember(backend, "inlineString");
    if (!text.empty()) return OfPem(text);
    const auto bytes = base::Base64Decode(SourceMember(backend, "inline"));
    return bytes.ok() ? OfPem(*bytes) : std::nullopt;
  }

 private:
  static std::optional<absl::Time> OfPem(std::string_view pem) {
    const auto end = base::CertificateEnd(pem);
    return end.ok() ? std::optional(*end) : std::nullopt;
  }

  absl::StatusOr<std::optional<absl::Time>> OfSecret(const std::string& mesh,
                                                     const std::string& name) {
    SKYDEN_ASSIGN_OR_RETURN(const auto secret, views_.Find(scope_, secret_, {mesh, name}));
    if (secret == nullptr) return std::optional<absl::Time>();
    const auto data = SecretData(*secret);
    return data.ok() ? OfPem(*data) : std::nullopt;
  }

  ResourceViews& views_;
  const model::TypeId secret_;
  const model::TenantScope& scope_;
};

}  // namespace

absl::StatusOr<std::vector<AuthorityEnd>> AuthorityEnds(ResourceViews& views,
                                                        const model::TypeRegistry& registry,
                                                        const model::TenantScope& scope) {
  SKYDEN_ASSIGN_OR_RETURN(const auto meshes, views.Get(scope, registry.core().mesh->id));
  Reader reader(views, registry, scope);
  std::vector<AuthorityEnd> ends;
  for (const auto& chunk : meshes->chunks()) {
    for (const auto& item : *chunk) {
      kuma::mesh::v1alpha1::Mesh mesh;
      if (!mesh.ParseFromString(item->spec)) continue;  // was checked when it came in
      for (const CertificateAuthorityBackend& backend : mesh.mtls().backends()) {
        SKYDEN_ASSIGN_OR_RETURN(const auto end, reader.EndOf(item->key.name, backend));
        if (end.has_value()) {
          ends.push_back({item->key.name, backend.name(), backend.type(), *end});
        }
      }
    }
  }
  return ends;
}

}  // namespace skyden::resources
