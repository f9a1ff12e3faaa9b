#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "contrib/postfix/postfix_plan.h"

namespace portcullis {

// A plan that is being made, and what it is made from. Each question has a function and a file of
// its own; each adds to the plan.
struct PlanDraft {
  const MtaSettings& policy;
  const PostfixFacts& facts;
  PostfixPlan& plan;

  void set(std::string name, std::string value, std::uint32_t line) const {
    plan.settings.push_back({std::move(name), std::move(value), line});
  }
  void error(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
             std::string_view code) const {
    plan.findings.error(policy.policy_file, line, std::move(culprit), std::move(reason),
                        std::move(repair), code);
  }
  void warning(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
               std::string_view code) const {
    plan.findings.warning(policy.policy_file, line, std::move(culprit), std::move(reason),
                          std::move(repair), code);
  }
  void note(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
            std::string_view code) const {
    plan.findings.note(policy.policy_file, line, std::move(culprit), std::move(reason),
                       std::move(repair), code);
  }

  // A path as an item of a list of Postfix; an error, and an empty text, if it cannot be one.
  std::string path_item(const Written<std::string>& path, std::string_view option) const;
  // How a process finds `path` that lives in the queue directory if it is chrooted.
  enum class Below { relative, absolute };
  std::optional<std::string> in_queue_directory(const std::string& path, Below form) const;
};

// Where the files of ours are, for a value of main.cf.
inline constexpr std::string_view kOwnFiles = "$config_directory/";

// "# /etc/portcullis/portcullis.conf:14", with a line end; what holds by default has no line.
std::string origin_comment(const MtaSettings& policy, std::uint32_t line);

void plan_server(const PlanDraft& draft);
void plan_services(const PlanDraft& draft);
void plan_milter(const PlanDraft& draft);
// Errors and warnings of what the instance does with what is planned.
void check_milter_is_asked(const PlanDraft& draft);
void check_widened_services(const PlanDraft& draft);
void check_routed_domains(const PlanDraft& draft);
void plan_unverified_clients(const PlanDraft& draft);
void plan_outgoing(const PlanDraft& draft);
void plan_routes(const PlanDraft& draft);
void plan_authentication(const PlanDraft& draft);

// Settings of one listener's service, for plan_services().
void plan_listener_tls(const PlanDraft& draft, const ListenerDelivery& listener,
                       PlannedService& service);

// The list `current` without items of ours, and with `element` before or behind them, but before
// one that decides for everyone. Items that `is_ours` takes, and the one that was applied before,
// are ours.
using IsOurs = std::function<bool(std::string_view item, std::string_view element)>;
struct ListChange {
  std::string name;
  std::string element;
  bool in_front = false;
  std::string when_alone = {};  // instead of the element, if the list is empty otherwise
};
std::string list_with(const ListChange& change, const std::string& current,
                      const std::string& applied_element, const IsOurs& is_ours);
// A list of main.cf; and the same list wherever a service of ours has one of its own.
void plan_list(const PlanDraft& draft, const ListChange& change, std::uint32_t line,
               const IsOurs& is_ours, const std::string& when_unset = {});

}  // namespace portcullis
