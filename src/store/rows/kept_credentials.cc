// SPDX-License-Identifier: Apache-2.0
// Three lists of records; each record, and each of its fields, carries its length. A record may be
// longer than is known here: what comes after is a later version's. It may be shorter where a field
// came later.
#include "store/rows/kept_credentials.h"

#include <charconv>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/records.h"

namespace skyden::store::rows {
namespace {

absl::Status Corrupt() {
  return Internal("what is kept of a deleted control plane does not decode");
}

class Fields {
 public:
  Fields& Text(std::string_view text) {
    AppendPart(out_, text);
    return *this;
  }
  Fields& Number(int64_t number) { return Text(fmt::format_int(number).str()); }
  Fields& Time(absl::Time time) { return Number(EncodeTime(time)); }
  Fields& Time(const std::optional<absl::Time>& time) {
    return time.has_value() ? Time(*time) : Text("");
  }
  const std::string& text() const { return out_; }

 private:
  std::string out_;
};

// Once something is wrong, everything is.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}
  std::string Text() {
    std::string_view part;
    if (good_) good_ = TakePart(rest_, part);
    return good_ ? std::string(part) : "";
  }
  std::optional<int64_t> Number() {
    const std::string text = Text();
    int64_t number = 0;
    if (text.empty()) return std::nullopt;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    good_ = good_ && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return number;
  }
  absl::Time Time() { return DecodeTime(Number().value_or(0)); }
  std::optional<absl::Time> OptionalTime() {
    const auto number = Number();
    return number.has_value() ? std::optional(DecodeTime(*number)) : std::nullopt;
  }
  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::string Encode(const AccountRecord& account) {
  return Fields()
      .Text(account.id.str())
      .Text(account.name)
      .Text(account.description)
      .Text(account.zone.str())
      .Number(account.active)
      .Time(account.created_at)
      .Time(account.updated_at)
      .text();
}

std::string Encode(const TokenRecord& token) {
  return Fields()
      .Text(token.id.str())
      .Text(token.account.str())
      .Text(token.name)
      .Text({reinterpret_cast<const char*>(token.sha256.data()), token.sha256.size()})
      .Time(token.created_at)
      .Time(token.expires_at)
      .Time(token.revoked_at)
      .Time(token.last_used_at)
      .Time(token.updated_at)
      .text();
}

std::string Encode(const RoleRecord& role) {
  return Fields()
      .Text(role.id.str())
      .Text(role.account.str())
      .Text(model::RoleName(role.role))
      .Text(role.region)
      .Time(role.created_at)
      .Text(role.narrowing.Text())
      .text();
}

absl::Status Decode(std::string_view text, AccountRecord& account) {
  FieldReader in(text);
  account.kind = AccountRecord::Kind::kZone;
  account.id = model::AccountId(in.Text());
  account.name = in.Text();
  account.description = in.Text();
  account.zone = model::ZoneName(in.Text());
  account.active = in.Number().value_or(0) != 0;
  account.created_at = in.Time();
  account.updated_at = in.Time();
  return in.good() ? absl::OkStatus() : Corrupt();
}

absl::Status Decode(std::string_view text, TokenRecord& token) {
  FieldReader in(text);
  token.id = model::TokenId(in.Text());
  token.account = model::AccountId(in.Text());
  token.name = in.Text();
  const std::string hash = in.Text();
  if (hash.size() != token.sha256.size()) return Corrupt();
  std::copy(hash.begin(), hash.end(), token.sha256.begin());
  token.created_at = in.Time();
  token.expires_at = in.OptionalTime();
  token.revoked_at = in.OptionalTime();
  token.last_used_at = in.OptionalTime();
  token.updated_at = in.Time();
  return in.good() ? absl::OkStatus() : Corrupt();
}

absl::Status Decode(std::string_view text, RoleRecord& role) {
  FieldReader in(text);
  role.id = model::RoleId(in.Text());
  role.account = model::AccountId(in.Text());
  const auto known = model::ParseRole(in.Text());
  if (!known.has_value()) return Corrupt();
  role.role = *known;
  role.region = in.Text();
  role.created_at = in.Time();
  // Roles that were kept before there were narrowed ones end here.
  if (!in.good() || in.at_end()) return in.good() ? absl::OkStatus() : Corrupt();
  auto narrowing = model::Narrowing::Parse(in.Text());
  if (!in.good() || !narrowing.has_value()) return Corrupt();
  role.narrowing = *std::move(narrowing);
  return absl::OkStatus();
}

template <class Record>
void AppendList(const std::vector<Record>& records, std::string& out) {
  std::string list;
  for (const Record& record : records) AppendPart(list, Encode(record));
  AppendPart(out, list);
}

template <class Record>
absl::Status TakeList(std::string_view& text, std::vector<Record>& records) {
  std::string_view list;
  if (!TakePart(text, list)) return Corrupt();
  std::string_view one;
  while (!list.empty()) {
    if (!TakePart(list, one)) return Corrupt();
    SKYDEN_RETURN_IF_ERROR(Decode(one, records.emplace_back()));
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodeKept(const KeptCredentials& kept) {
  std::string out;
  AppendList(kept.accounts, out);
  AppendList(kept.tokens, out);
  AppendList(kept.roles, out);
  return out;
}

absl::StatusOr<KeptCredentials> DecodeKept(std::string_view text) {
  KeptCredentials kept;
  SKYDEN_RETURN_IF_ERROR(TakeList(text, kept.accounts));
  SKYDEN_RETURN_IF_ERROR(TakeList(text, kept.tokens));
  SKYDEN_RETURN_IF_ERROR(TakeList(text, kept.roles));
  return kept;
}

}  // namespace skyden::store::rows
