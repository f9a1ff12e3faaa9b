#include "contrib/postfix/postfix_changes.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "contrib/postfix/original_state.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

class ChangeFinder {
 public:
  ChangeFinder(const PostfixPlan& plan, const PostfixFacts& facts, const ReadConfigFile& read)
      : plan_(plan), facts_(facts), read_(read) {}

  PostfixChanges find() && {
    for (const PlannedSetting& setting : plan_.settings) {
      want({kMainCf, setting.name}, setting);
    }
    for (const auto& [cell, applied] : facts_.applied.cells) {
      if (cell.file == kMainCf) go_back(cell, applied);
    }
    for (const std::string& name : plan_.removed_services) remove_service(name);
    for (const PlannedService& service : plan_.services) want_service(service);
    for (const auto& [cell, applied] : facts_.applied.cells) {
      if (cell.file == kMasterCf) go_back(cell, applied);
    }
    for (const GeneratedFile& file : plan_.files) want_file(file);
    for (const auto& [cell, applied] : facts_.applied.cells) {
      if (cell.file != kMainCf && cell.file != kMasterCf) go_back(cell, applied);
    }
    collect_services();
    return std::move(changes_);
  }

 private:
  // The lines of the services, with the steps taken.
  void collect_services() {
    std::map<std::string, MasterEntry> edited;
    for (const PostfixStep& step : changes_.steps) {
      if (step.cell.file != kMasterCf) continue;
      const std::string name = service_of(step.cell.setting);
      const std::string parameter = parameter_of(step.cell.setting);
      if (parameter.empty()) {
        changes_.services[name] = step.after.value_or("");
      } else if (entry(name) != nullptr) {
        MasterEntry& service = edited.try_emplace(name, *entry(name)).first->second;
        service.set(parameter, step.after);
      }
    }
    for (const auto& [name, service] : edited) changes_.services[name] = service.to_line();
  }

  const MasterEntry* entry(const std::string& name) const {
    const auto found =
        std::ranges::find_if(facts_.services, [&](const auto& e) { return e.name() == name; });
    return found == facts_.services.end() ? nullptr : &*found;
  }

  std::optional<std::string> current(const CellName& cell) const {
    if (cell.file == kMainCf) {
      const auto found = facts_.settings.find(cell.setting);
      return found == facts_.settings.end() ? std::nullopt : std::optional(found->second);
    }
    if (cell.file != kMasterCf) return read_(cell.file);
    const MasterEntry* const service = entry(service_of(cell.setting));
    if (service == nullptr) return {};
    const std::string parameter = parameter_of(cell.setting);
    if (parameter.empty()) return service->to_line();
    return service->find(parameter);
  }

  void step(const CellName& cell, std::optional<std::string> after, std::uint32_t line,
            bool secret = false) {
    changes_.steps.push_back({cell, current(cell), std::move(after), line, secret});
  }

  // What stood there before we first touched it; of a list, with what others have done since.
  std::optional<std::string> first_before(const CellName& cell) const {
    const AppliedCell* const applied = facts_.applied.find(cell);
    if (applied == nullptr) return current(cell);
    return applied->list ? value_without_us(cell, current(cell), facts_.applied) : applied->before;
  }

  void record(const CellName& cell, AppliedCell applied) {
    wanted_.insert(cell);
    changes_.record.cells[cell] = std::move(applied);
  }

  void want(const CellName& cell, const PlannedSetting& setting) {
    if (!is_same_value(cell, current(cell), setting.value)) step(cell, setting.value, setting.line);
    record(cell, {first_before(cell), setting.value, setting.element, setting.list});
  }

  void remove_service(const std::string& name) {
    const CellName cell{kMasterCf, name};
    if (current(cell)) step(cell, std::nullopt, 0);
    const bool known = facts_.applied.find(cell) != nullptr;
    record(cell, {known ? first_before(cell) : original_line(name), {}, {}});
    removed_.insert(name);
  }

  // The service without what earlier applications did to it.
  std::optional<std::string> original_line(const std::string& name) const {
    if (entry(name) == nullptr) return {};
    return service_without_us(*entry(name), facts_.applied).to_line();
  }

  void want_service(const PlannedService& service) {
    const CellName whole{kMasterCf, service.entry.name()};
    std::vector<PlannedSetting> settings = service.overrides;
    if (service.process_limit) settings.push_back(*service.process_limit);
    if (service.exists) {
      if (const AppliedCell* const applied = facts_.applied.find(whole)) {
        record(whole, {applied->before, applied->applied, {}});
      }
      for (const auto& setting : settings) {
        want({kMasterCf, service.entry.name() + '/' + setting.name}, setting);
      }
      return;
    }
    const std::string line = line_of_new(service);
    step(whole, line, service.line);
    record(whole, {{}, line, {}});
    for (const auto& setting : settings) {
      record({kMasterCf, service.entry.name() + '/' + setting.name},
             {service.entry.find(setting.name), setting.value, setting.element, setting.list});
    }
  }

  static std::string line_of_new(const PlannedService& service) {
    MasterEntry made = service.entry;
    if (service.process_limit) made.process_limit = service.process_limit->value;
    for (const PlannedSetting& setting : service.overrides) made.set(setting.name, setting.value);
    return made.to_line();
  }

  void want_file(const GeneratedFile& file) {
    const CellName cell{file.name, {}};
    if (!is_same_value(cell, current(cell), file.text)) step(cell, file.text, 0, file.secret);
    record(cell, {first_before(cell), file.text, {}});
  }

  // A cell that the policy no longer speaks of. What somebody else has changed since stays.
  void go_back(const CellName& cell, const AppliedCell& applied) {
    if (wanted_.contains(cell)) return;
    const auto now = current(cell);
    const bool whole_service = cell.file == kMasterCf && parameter_of(cell.setting).empty();
    if (cell.file == kMasterCf && !whole_service && !still_there(cell)) return;
    if (whole_service) {
      // Its line has been edited cell by cell; that it is there is what we made.
      if (now.has_value() != applied.before.has_value()) step(cell, applied.before, 0);
      return;
    }
    auto original = value_without_us(cell, now, facts_.applied);
    if (!is_same_value(cell, now, original)) step(cell, std::move(original), 0, is_secret(cell));
  }

  static bool is_secret(const CellName& cell) { return cell.file == "sasl/saslauthd.conf"; }

  // Whether the service of the setting stays: one of ours that nobody wants goes as a whole.
  bool still_there(const CellName& cell) const {
    const std::string service = service_of(cell.setting);
    if (removed_.contains(service) || entry(service) == nullptr) return false;
    const CellName whole{kMasterCf, service};
    return wanted_.contains(whole) || facts_.applied.find(whole) == nullptr;
  }

  const PostfixPlan& plan_;
  const PostfixFacts& facts_;
  const ReadConfigFile& read_;
  PostfixChanges changes_;
  std::set<CellName> wanted_;
  std::set<std::string> removed_;
};

// The lines of a map by their first word; those of SASL's files have a colon behind it.
std::map<std::string, std::string> lines_by_key(const std::optional<std::string>& text) {
  std::map<std::string, std::string> lines;
  std::istringstream in(without_comments(text.value_or("")));
  for (std::string line; std::getline(in, line);) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::size_t rest = line.find_first_not_of(" \t", end);
    lines[line.substr(0, end)] = rest == std::string::npos ? "" : line.substr(rest);
  }
  return lines;
}

std::optional<std::string> find_line(const std::map<std::string, std::string>& lines,
                                     const std::string& key) {
  const auto found = lines.find(key);
  return found == lines.end() ? std::nullopt : std::optional(found->second);
}

// SASL's own files hold what a data base or a directory wants to hear, too.
bool is_shown(const std::string& file, const std::string& key) {
  constexpr std::array<std::string_view, 6> kNoSecrets = {
      "pwcheck_method:", "auxprop_plugin:", "mech_list:",
      "saslauthd_path:", "sasldb_path:",    "log_level:"};
  return !file.starts_with("sasl/") || std::ranges::find(kNoSecrets, key) != kNoSecrets.end();
}

std::optional<std::string> hidden(const std::optional<std::string>& text) {
  return text ? std::optional<std::string>("(secret)") : std::nullopt;
}

void describe_file(const PostfixStep& step, std::vector<MtaChange>& changes) {
  if (step.secret) {
    changes.push_back({step.cell.file, "", hidden(step.before), hidden(step.after), step.line});
    return;
  }
  const auto before = lines_by_key(step.before);
  const auto after = lines_by_key(step.after);
  std::set<std::string> keys;
  for (const auto& [key, rest] : before) keys.insert(key);
  for (const auto& [key, rest] : after) keys.insert(key);
  for (const std::string& key : keys) {
    auto was = find_line(before, key);
    auto is = find_line(after, key);
    if (was == is) continue;
    const bool shown = is_shown(step.cell.file, key);
    changes.push_back({step.cell.file, key, shown ? was : hidden(was), shown ? is : hidden(is), 0});
  }
}

}  // namespace

PostfixChanges find_changes(const PostfixPlan& plan, const PostfixFacts& facts,
                            const ReadConfigFile& read) {
  return ChangeFinder(plan, facts, read).find();
}

std::vector<MtaChange> describe(const std::vector<PostfixStep>& steps) {
  std::vector<MtaChange> changes;
  for (const PostfixStep& step : steps) {
    if (step.cell.setting.empty()) {
      describe_file(step, changes);
    } else {
      changes.push_back({step.cell.file, step.cell.setting, step.before, step.after, step.line});
    }
  }
  return changes;
}

}  // namespace portcullis
