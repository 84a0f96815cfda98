// SPDX-License-Identifier: Apache-2.0
// Certificates. The texts of CheckCaPair are those that Kuma's REST API shows for a bad provided
// CA: clients match on them.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/asn1.h>
#include <openssl/x509v3.h>

#include <vector>

#include "base/crypto_internal.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::base {
namespace {

struct PemBlock {
  std::string type;
  std::string der;
};

// The PEM blocks of `text`, up to the first that is damaged.
std::vector<PemBlock> PemBlocks(std::string_view text) {
  std::vector<PemBlock> blocks;
  if (text.empty() || text.size() > limits::kPemBytes) return blocks;
  const crypto::Bio bio = crypto::ReadOnlyBio(text);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  while (bio != nullptr && blocks.size() < limits::kPemBlocks &&
         PEM_read_bio(bio.get(), &name, &header, &data, &size) == 1) {
    blocks.push_back({name, std::string(reinterpret_cast<char*>(data), static_cast<size_t>(size))});
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
  return blocks;
}

std::vector<std::string> TypesOf(const std::vector<PemBlock>& blocks) {
  std::vector<std::string> types;
  for (const PemBlock& block : blocks) types.push_back(block.type);
  return types;
}

crypto::Certificate ParseDer(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = at + der.size();
  crypto::Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == end ? std::move(certificate) : nullptr;
}

bool IsPrivateKey(const PemBlock& block) {
  return block.type == "PRIVATE KEY" || std::string_view(block.type).ends_with(" PRIVATE KEY");
}

absl::Status BadPair(const absl::Status& cause) {
  const std::string text =
      fmt::format("not a valid TLS key pair: {}", std::string(cause.message()));
  return WithViolations(absl::InvalidArgumentError(text), {{"cert", text}});
}

absl::StatusOr<std::vector<crypto::Certificate>> ParseCertificates(std::string_view pem) {
  const std::vector<PemBlock> blocks = PemBlocks(pem);
  if (blocks.empty()) {
    return absl::InvalidArgumentError("tls: failed to find any PEM data in certificate input");
  }
  std::vector<crypto::Certificate> certificates;
  for (const PemBlock& block : blocks) {
    if (block.type != "CERTIFICATE") continue;
    certificates.push_back(ParseDer(block.der));
    if (certificates.back() == nullptr) {
      return absl::InvalidArgumentError("x509: malformed certificate");
    }
  }
  if (!certificates.empty()) return certificates;
  if (blocks.size() == 1 && IsPrivateKey(blocks[0])) {
    return absl::InvalidArgumentError(
        "tls: failed to find certificate PEM data in certificate input, but did find a private "
        "key; PEM inputs may have been switched");
  }
  return absl::InvalidArgumentError(fmt::format(
      "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM "
      "blocks of the following types: [{}]",
      fmt::join(TypesOf(blocks), " ")));
}

absl::StatusOr<crypto::Key> ParsePrivateKey(std::string_view pem) {
  const std::vector<PemBlock> blocks = PemBlocks(pem);
  if (blocks.empty()) {
    return absl::InvalidArgumentError("tls: failed to find any PEM data in key input");
  }
  for (const PemBlock& block : blocks) {
    if (!IsPrivateKey(block)) continue;
    crypto::Key key = crypto::ReadKey(block.der, EVP_PKEY_KEYPAIR, nullptr);
    if (key == nullptr) return absl::InvalidArgumentError("tls: failed to parse private key");
    return key;
  }
  if (blocks.size() == 1 && blocks[0].type == "CERTIFICATE") {
    return absl::InvalidArgumentError(
        "tls: found a certificate rather than a key in the PEM for the private key");
  }
  return absl::InvalidArgumentError(fmt::format(
      "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after "
      "skipping PEM blocks of the following types: [{}]",
      fmt::join(TypesOf(blocks), " ")));
}

absl::Status CheckKeyOf(X509* certificate, std::string_view private_key_pem) {
  SKYDEN_ASSIGN_OR_RETURN(const crypto::Key key, ParsePrivateKey(private_key_pem));
  const EVP_PKEY* const certified = X509_get0_pubkey(certificate);
  if (certified == nullptr) {
    return absl::InvalidArgumentError("tls: unknown public key algorithm");
  }
  if (EVP_PKEY_get_base_id(certified) != EVP_PKEY_get_base_id(key.get())) {
    return absl::InvalidArgumentError("tls: private key type does not match public key type");
  }
  if (EVP_PKEY_eq(certified, key.get()) != 1) {
    return absl::InvalidArgumentError("tls: private key does not match public key");
  }
  return absl::OkStatus();
}

bool AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

// Not through the configuration grammar, in which a ',' of the name would begin a new entry.
bool AddUri(X509* certificate, const std::string& uri) {
  GENERAL_NAMES* names = GENERAL_NAMES_new();
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, uri.data(), static_cast<int>(uri.size()));
  GENERAL_NAME_set0_value(name, GEN_URI, text);
  sk_GENERAL_NAME_push(names, name);
  const bool added = X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1;
  GENERAL_NAMES_free(names);
  return added;
}

bool AddName(X509_NAME* name, const char* field, std::string_view value) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1;
}

bool SetTime(ASN1_TIME* field, absl::Time time) {
  return ASN1_TIME_adj(field, absl::ToTimeT(time), 0, 0) != nullptr;
}

bool FillCa(X509* certificate, EVP_PKEY* key, std::string_view mesh_name, absl::Time not_before,
            absl::Time not_after) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set(X509_get_serialNumber(certificate), 0) == 1 &&
         SetTime(X509_getm_notBefore(certificate), not_before) &&
         SetTime(X509_getm_notAfter(certificate), not_after) && AddName(subject, "O", "Kuma") &&
         AddName(subject, "OU", "Mesh") && AddName(subject, "CN", mesh_name) &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         X509_set_pubkey(certificate, key) == 1 &&
         AddExtension(certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
         AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         AddExtension(certificate, NID_subject_key_identifier, "hash") &&
         AddUri(certificate, fmt::format("spiffe://{}", mesh_name)) &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

// What X509-SVID asks of a signing certificate.
void CheckCaCertificate(X509* certificate, size_t index, std::vector<FieldViolation>& violations) {
  const std::string field = fmt::format("cert[{}]", index);
  const uint32_t usage = X509_get_key_usage(certificate);
  const bool has_usage = usage != UINT32_MAX;  // OpenSSL's way to say that there is none
  if ((X509_get_extension_flags(certificate) & EXFLAG_CA) == 0) {
    violations.push_back(
        {field,
         "basic constraint 'CA' must be set to 'true' (see X509-SVID: 4.1. Basic Constraints)"});
  }
  if (!has_usage || (usage & KU_KEY_CERT_SIGN) == 0) {
    violations.push_back(
        {field, "key usage extension 'keyCertSign' must be set (see X509-SVID: 4.3. Key Usage)"});
  }
  if (has_usage && (usage & KU_KEY_AGREEMENT) != 0) {
    violations.push_back({field,
                          "key usage extension 'keyAgreement' must NOT be set (see X509-SVID: "
                          "Appendix A. X.509 Field Reference)"});
  }
}

}  // namespace

absl::StatusOr<CertificateAndKey> GenerateMeshCa(std::string_view mesh_name, int rsa_bits,
                                                 absl::Time not_before, absl::Time not_after) {
  const crypto::ErrorQueueGuard guard;
  SKYDEN_ASSIGN_OR_RETURN(std::string key_pem, GenerateRsaKeyPem(rsa_bits));
  const crypto::Key key = crypto::ReadKey(key_pem, EVP_PKEY_KEYPAIR, "RSA");
  const crypto::Certificate certificate(X509_new());
  const crypto::Bio bio(BIO_new(BIO_s_mem()));
  if (key == nullptr || certificate == nullptr || bio == nullptr ||
      !FillCa(certificate.get(), key.get(), mesh_name, not_before, not_after) ||
      PEM_write_bio_X509(bio.get(), certificate.get()) != 1) {
    return absl::InternalError("making a CA certificate failed");
  }
  return CertificateAndKey{crypto::TakeText(bio.get()), std::move(key_pem)};
}

absl::Status CheckKeyPair(std::string_view certificate_pem, std::string_view private_key_pem) {
  const crypto::ErrorQueueGuard guard;
  SKYDEN_ASSIGN_OR_RETURN(const auto certificates, ParseCertificates(certificate_pem));
  return CheckKeyOf(certificates.front().get(), private_key_pem);
}

absl::Status CheckCaPair(std::string_view certificate_pem, std::string_view private_key_pem) {
  const crypto::ErrorQueueGuard guard;
  const auto certificates = ParseCertificates(certificate_pem);
  if (!certificates.ok()) return BadPair(certificates.status());
  const absl::Status key = CheckKeyOf(certificates->front().get(), private_key_pem);
  if (!key.ok()) return BadPair(key);
  std::vector<FieldViolation> violations;
  for (size_t i = 0; i < certificates->size(); ++i) {
    CheckCaCertificate((*certificates)[i].get(), i, violations);
  }
  if (violations.empty()) return absl::OkStatus();
  return WithViolations(absl::InvalidArgumentError(violations.front().reason), violations);
}

absl::Status CheckCertificates(std::string_view pem) {
  const crypto::ErrorQueueGuard guard;
  return ParseCertificates(pem).status();
}

}  // namespace skyden::base
