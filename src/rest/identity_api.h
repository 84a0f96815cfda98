// SPDX-License-Identifier: Apache-2.0
// Organizations, and who may come in: users, system accounts, teams, their roles and tokens.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/identity/account_service.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Immutable once made, thread-safe.
class IdentityApi {
 public:
  explicit IdentityApi(const Deps& deps);

  // Patterns are relative to "/v3": "/system-accounts/{account}".
  const CallerRoutes& routes() const { return routes_; }

 private:
  using Kind = identity::AccountKind;
  using ByKind = void (IdentityApi::*)(Kind, CallPtr) const;
  using Plain = void (IdentityApi::*)(CallPtr) const;
  void Add(http::Method method, std::string_view pattern, Plain handler);
  // The same handler for "/users..." and "/system-accounts...".
  void AddForBoth(http::Method method, const std::string& below, ByKind handler);
  void Add(http::Method method, const std::string& pattern, Kind kind, ByKind handler);
  void AddRoles(const std::string& list, Kind kind);

  void CreateOrganization(CallPtr call) const;
  void ListOrganizations(CallPtr call) const;
  void MyOrganization(CallPtr call) const;
  void GetOrganization(CallPtr call) const;
  void DeleteOrganization(CallPtr call) const;
  void Roles(CallPtr call) const;
  void AuthenticationSettings(CallPtr call) const;

  void CreateAccount(Kind kind, CallPtr call) const;
  void ListAccounts(Kind kind, CallPtr call) const;
  void Me(Kind kind, CallPtr call) const;
  void GetAccount(Kind kind, CallPtr call) const;
  void PatchAccount(Kind kind, CallPtr call) const;
  void DeleteAccount(Kind kind, CallPtr call) const;

  void EffectiveAccess(Kind kind, CallPtr call) const;
  void AssignRole(Kind kind, CallPtr call) const;
  void ListRoles(Kind kind, CallPtr call) const;
  void GetRole(Kind kind, CallPtr call) const;
  void RemoveRole(Kind kind, CallPtr call) const;

  void IssueToken(Kind kind, CallPtr call) const;
  void ListTokens(Kind kind, CallPtr call) const;
  void GetToken(Kind kind, CallPtr call) const;
  void PatchToken(Kind kind, CallPtr call) const;
  void RevokeToken(Kind kind, CallPtr call) const;
  void DeleteToken(Kind kind, CallPtr call) const;

  const Deps& deps_;
  CallerRoutes routes_;
};

}  // namespace skyden::rest
