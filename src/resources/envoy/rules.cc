// SPDX-License-Identifier: Apache-2.0
// The rules are extensions of a field's options, which nothing here links in; they are found among
// the fields that protobuf did not know, and read as a validate.FieldRules.
#include "resources/envoy/rules.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <utility>

#include "resources/envoy/go_names.h"
#include "resources/envoy/options.h"
#include "skyden/base/check.h"

namespace skyden::resources::envoy {
namespace {

namespace pb = google::protobuf;
using pb::Descriptor;
using pb::FieldDescriptor;
using pb::Message;

constexpr int kExtension =
    1071;                       // rules of a field, `required` of a oneof, `disabled` of a message
constexpr int kIgnored = 1072;  // of a message

const pb::UnknownField* FindOption(const Message& options, int number) {
  const pb::UnknownFieldSet& fields = options.GetReflection()->GetUnknownFields(options);
  for (int i = fields.field_count() - 1; i >= 0; --i) {
    if (fields.field(i).number() == number) return &fields.field(i);
  }
  return nullptr;
}

bool Flag(const Message& options, int number) {
  const pb::UnknownField* const option = FindOption(options, number);
  return option != nullptr && option->type() == pb::UnknownField::TYPE_VARINT &&
         option->varint() != 0;
}

// Go code with validators is generated for these; see the package list of Envoy's control plane
// API.
bool HasValidator(const Descriptor& type) {
  const std::string& name = type.full_name();
  return (name.starts_with("envoy.") || name.starts_with("udpa.") || name.starts_with("xds.")) &&
         !Flag(type.options(), kExtension) && !Flag(type.options(), kIgnored);
}

class Builder {
 public:
  Builder(const Message& field_rules, std::vector<std::string>& unknown)
      : field_rules_(field_rules), unknown_(unknown) {}

  FieldRules Field(const FieldDescriptor& field) {
    FieldRules out;
    out.field = &field;
    out.go_name = GoFieldName(field.name());
    const std::unique_ptr<Message> message = RulesOf(field);
    const Options rules(message.get());
    if (field.is_map()) {
      const Options map = rules.Sub("map");
      SetSize(map, "pairs", out);
      out.key = OneValue(*field.message_type()->map_key(), map.Sub("keys"));
      out.value = OneValue(*field.message_type()->map_value(), map.Sub("values"));
    } else if (field.is_repeated()) {
      const Options list = rules.Sub("repeated");
      SetSize(list, "items", out);
      out.unique = list.Get<bool>("unique");
      out.value = OneValue(field, list.Sub("items"));
    } else {
      out.value = OneValue(field, rules);
    }
    return out;
  }

 private:
  std::unique_ptr<Message> RulesOf(const FieldDescriptor& field) const {
    const pb::UnknownField* const option = FindOption(field.options(), kExtension);
    std::unique_ptr<Message> rules(field_rules_.New());
    if (option != nullptr && option->type() == pb::UnknownField::TYPE_LENGTH_DELIMITED) {
      SKYDEN_CHECK(rules->ParseFromString(option->length_delimited()));
    }
    return rules;
  }

  // `field`: of the value, which for a list is that of the list.
  ValueRules OneValue(const FieldDescriptor& field, const Options& rules) {
    ValueRules out;
    const bool message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const Options about_message = rules.Sub("message");
    const bool required = about_message.Get<bool>("required");
    std::string kind;
    for (const std::string& member : rules.Members()) {
      if (member != "message") kind = member;
    }
    if (kind.empty()) {
      if (!message) return out;
      out.kind = ValueRules::Kind::kMessage;
      out.skip = about_message.Get<bool>("skip");
      if (required) out.required = "value is required";
      return out;
    }
    const Options own = rules.Sub(kind.c_str());
    if (kind == "duration" || kind == "any") {
      if (own.Get<bool>("required")) out.required = "value is required";
    } else if (message) {
      out.kind = ValueRules::Kind::kWrapper;
      if (required) out.required = "value is required and must not be nil.";
    }
    out.checks = ChecksOf(kind, own, field, unknown_);
    return out;
  }

  // `what`: "items" or "pairs".
  static void SetSize(const Options& rules, std::string_view what, FieldRules& out) {
    out.ignore_empty = rules.Get<bool>("ignore_empty");
    const std::string min = fmt::format("min_{}", what);
    const std::string max = fmt::format("max_{}", what);
    const auto least = rules.Get<uint64_t>(min.c_str());
    const auto most = rules.Get<uint64_t>(max.c_str());
    const bool limited = rules.Has(max.c_str());
    if (least == 0 && !limited) return;
    const std::string_view one = what == "items" ? "item(s)" : "pair(s)";
    std::string reason;
    if (least == 0) {
      reason = fmt::format("value must contain no more than {} {}", most, one);
    } else if (least == most) {
      reason = fmt::format("value must contain exactly {} {}", least, one);
    } else if (limited) {
      reason = fmt::format("value must contain between {} and {} {}, inclusive", least, most, what);
    } else {
      reason = fmt::format("value must contain at least {} {}", least, one);
    }
    out.size = [least, most, limited, reason = std::move(reason)](size_t size) {
      return size >= least && (!limited || size <= most) ? "" : reason;
    };
  }

  const Message& field_rules_;
  std::vector<std::string>& unknown_;
};

std::unique_ptr<MessageRules> Make(const Descriptor& type, const Message& field_rules) {
  auto out = std::make_unique<MessageRules>();
  out->go_name = GoTypeName(type);
  Builder builder(field_rules, out->unknown);
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.containing_oneof() == nullptr) {
      out->fields.push_back(builder.Field(field));
    } else if (field.real_containing_oneof() == nullptr) {
      out->optionals.push_back(builder.Field(field));
    }
  }
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    const pb::OneofDescriptor& oneof = *type.oneof_decl(i);
    OneofRules& rules = out->oneofs.emplace_back(
        OneofRules{&oneof, GoFieldName(oneof.name()), Flag(oneof.options(), kExtension), {}});
    for (int j = 0; j < oneof.field_count(); ++j) {
      rules.fields.push_back(builder.Field(*oneof.field(j)));
    }
  }
  return out;
}

}  // namespace

RuleBook::RuleBook(const Descriptions& descriptions)
    : field_rules_(**descriptions.Find("validate.FieldRules")) {}

const MessageRules* RuleBook::Of(const Descriptor& type) const {
  absl::MutexLock lock(&mu_);
  const auto [found, is_new] = known_.try_emplace(&type);
  if (is_new && HasValidator(type)) found->second = Make(type, field_rules_);
  return found->second.get();
}

}  // namespace skyden::resources::envoy
