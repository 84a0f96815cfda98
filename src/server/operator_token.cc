// SPDX-License-Identifier: Apache-2.0
#include "skyden/server/operator_token.h"

#include <memory>
#include <utility>

#include "fmt/format.h"
#include "server/errors.h"
#include "server/open_store.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/identity/bootstrap.h"

namespace skyden::server {
namespace {

absl::StatusOr<OpenedStore> Open(const Config& config, const model::TypeRegistry& registry) {
  SKYDEN_ASSIGN_OR_RETURN(HeldDataDir held, HoldDataDir(config));
  return OpenStore(config, std::move(held), registry, [](const absl::Status&) {});
}

}  // namespace

absl::StatusOr<MadeOperatorToken> MakeOperatorToken(const Config& config, OperatorTokenFile file) {
  SKYDEN_RETURN_IF_ERROR(CheckDatabaseThere(config));
  SKYDEN_ASSIGN_OR_RETURN(const model::TypeRegistry registry, model::TypeRegistry::LoadEmbedded());
  const auto opened = Open(config, registry);
  if (absl::IsUnavailable(opened.status())) {
    return absl::UnavailableError(
        fmt::format("{}. A daemon that runs makes tokens with \"skyden token create\"",
                    base::ToStd(opened.status().message())));
  }
  if (!opened.ok()) return opened.status();
  const base::RealClock clock;
  SKYDEN_ASSIGN_OR_RETURN(const identity::OperatorToken issued,
                          identity::IssueOperatorToken(*opened->store, clock));
  if (file == OperatorTokenFile::kIsKept) return MadeOperatorToken{issued.account, issued.text, ""};
  SKYDEN_RETURN_IF_ERROR(identity::WriteOperatorToken(config.data_dir, issued));
  return MadeOperatorToken{issued.account, "",
                           fmt::format("{}/{}", config.data_dir, identity::kAdminTokenFile)};
}

}  // namespace skyden::server
