// SPDX-License-Identifier: Apache-2.0
#include "peers/proof.h"

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"

namespace skyden::peers {
namespace {

constexpr char kText[] = "a daemon of this database asks";

// No resource's: those begin with a control plane's id.
std::string ContextOf(std::string_view daemon) { return fmt::format("skyden.peers.v1/{}", daemon); }

}  // namespace

absl::StatusOr<std::string> ProofFor(const store::Sealer& sealer, std::string_view daemon) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string sealed, sealer.Seal(kText, ContextOf(daemon)));
  return base::Base64UrlEncode(sealed);
}

absl::Status CheckProof(const store::Sealer& sealer, std::string_view proof,
                        std::string_view daemon) {
  if (!proof.empty() && proof.size() <= base::limits::kPeerProofBytes) {
    const auto sealed = base::Base64UrlDecode(proof);
    if (sealed.ok()) {
      const auto text = sealer.Open(*sealed, ContextOf(daemon));
      if (text.ok() && *text == kText) return absl::OkStatus();
    }
  }
  return absl::UnauthenticatedError(
      "this port is for daemons of the same database, which have the same secrets key");
}

}  // namespace skyden::peers
