// SPDX-License-Identifier: Apache-2.0
#include "skyden/server/operator_token.h"

#include <unistd.h>

#include <utility>

#include "fmt/format.h"
#include "server/errors.h"
#include "server/open_store.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/identity/bootstrap.h"

namespace skyden::server {

absl::StatusOr<MadeOperatorToken> MakeOperatorToken(const Config& config, OperatorTokenFile file) {
  if (access((config.data_dir + "/skyden.db").c_str(), F_OK) != 0) {
    return About("data_dir",
                 absl::NotFoundError(fmt::format("there is no database in {}", config.data_dir)));
  }
  SKYDEN_ASSIGN_OR_RETURN(const model::TypeRegistry registry, model::TypeRegistry::LoadEmbedded());
  auto held = HoldDataDir(config);
  if (absl::IsUnavailable(held.status())) {
    return absl::UnavailableError(
        fmt::format("{}. A daemon that runs makes tokens with \"skyden token create\"",
                    base::ToStd(held.status().message())));
  }
  if (!held.ok()) return held.status();
  SKYDEN_ASSIGN_OR_RETURN(const OpenedStore opened, OpenStore(config, *std::move(held), registry,
                                                              [](const absl::Status&) {}));
  const base::RealClock clock;
  SKYDEN_ASSIGN_OR_RETURN(const identity::OperatorToken issued,
                          identity::IssueOperatorToken(*opened.store, clock));
  if (file == OperatorTokenFile::kIsKept) return MadeOperatorToken{issued.account, issued.text, ""};
  SKYDEN_RETURN_IF_ERROR(identity::WriteOperatorToken(config.data_dir, issued));
  return MadeOperatorToken{issued.account, "",
                           fmt::format("{}/{}", config.data_dir, identity::kAdminTokenFile)};
}

}  // namespace skyden::server
