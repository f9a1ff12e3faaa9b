#include "cli/judged_clients_output.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/explanation_json.h"
#include "cli/report.h"

namespace portcullis {
namespace {

using Row = std::vector<std::string>;

// One that was chosen by a stranger does not make the table wider than this.
constexpr std::size_t kMaxCell = 60;

std::string cell(std::string_view text) {
  std::string fit = shown(text);
  if (fit.size() > kMaxCell) fit = fit.substr(0, kMaxCell - 3) + "...";
  return fit;
}

std::string verdict_word(const ClientTreatment& t) {
  return (t.observed ? "would-" : "") + std::string(to_string(t.disposition));
}

// Names of files are not cut: they are the administrator's own.
void add_judgement(Row& row, const Judgement& judgement) {
  row.push_back(verdict_word(judgement.treatment));
  const std::string& name = judgement.treatment.client_class;
  row.push_back(name.empty() ? "-" : cell(name));
  const auto& entry = judgement.entry;
  row.push_back(entry ? shown(fmt::format("{} {}:{}", entry->text, entry->file, entry->line))
                      : "default");
}

Row header(bool with_names, bool with_listeners, bool with_other) {
  Row row{"ADDRESS", "TIMES"};
  if (with_names) row.emplace_back("NAME");
  if (with_listeners) row.emplace_back("LISTENER");
  for (const char* title : {"VERDICT", "CLASS", "ENTRY"}) row.emplace_back(title);
  if (with_other) row.insert(row.end(), {"AGAINST", "CLASS", "ENTRY"});
  return row;
}

std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows[0].size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  constexpr std::size_t kTimes = 1;  // the column of numbers
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i == kTimes ? fmt::format("{:>{}}  ", row[i], widths[i])
                          : fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string counted(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

std::string summary(const JudgedClients& judged) {
  const std::string all =
      counted(judged.all_clients, "client") + ", " + counted(judged.all_connections, "connection");
  std::map<std::string, std::uint64_t> connections;
  std::uint64_t differing = 0;
  for (const JudgedClient& one : judged.clients) {
    connections[verdict_word(one.judgement.treatment)] += one.client.times;
    if (one.against) differing += one.client.times;
  }
  if (differing > 0) {
    return fmt::format("{}; another verdict for {}, {}\n", all,
                       counted(judged.clients.size(), "client"), counted(differing, "connection"));
  }
  if (judged.clients.empty()) return all + "; no verdict differs\n";
  std::string text = all;
  char separator = ':';
  for (const auto& [verdict, count] : connections) {
    text += fmt::format("{} {} {}", separator, count, verdict);
    separator = ',';
  }
  return text + '\n';
}

Json treatment_json(const Judgement& judgement) {
  const ClientTreatment& t = judgement.treatment;
  const Disposition enforced = t.observed ? Disposition::proceed : t.disposition;
  return {{"verdict", to_string(t.disposition)},
          {"enforced", to_string(enforced)},
          {"action", to_string(t.decided_by)},
          {"class", t.client_class.empty() ? Json(nullptr) : Json(t.client_class)},
          {"entry", entry_json(judgement.entry)},
          {"reply", t.reply.empty() ? Json(nullptr) : Json(t.reply)}};
}

}  // namespace

std::string to_text(const JudgedClients& judged) {
  const auto& clients = judged.clients;
  if (clients.empty()) return summary(judged);
  const bool with_names = std::ranges::any_of(
      clients, [](const JudgedClient& one) { return !one.client.name.empty(); });
  const bool with_listeners = std::ranges::any_of(
      clients, [&](const JudgedClient& one) { return one.listener != clients[0].listener; });
  std::vector<Row> rows{header(with_names, with_listeners, clients[0].against.has_value())};
  for (const JudgedClient& one : clients) {
    Row row{one.client.address.to_string(), std::to_string(one.client.times)};
    if (with_names) row.push_back(one.client.name.empty() ? "-" : cell(one.client.name));
    if (with_listeners) row.push_back(cell(one.listener));
    add_judgement(row, one.judgement);
    if (one.against) add_judgement(row, *one.against);
    rows.push_back(std::move(row));
  }
  return aligned(rows) + '\n' + summary(judged);
}

Json to_json(const JudgedClients& judged) {
  Json clients = Json::array();
  for (const JudgedClient& one : judged.clients) {
    Json json{{"address", one.client.address.to_string()},
              {"name", one.client.name.empty() ? Json(nullptr) : Json(one.client.name)},
              {"listener", one.listener},
              {"times", one.client.times}};
    json.update(treatment_json(one.judgement));
    json["against"] = one.against ? treatment_json(*one.against) : Json(nullptr);
    clients.push_back(std::move(json));
  }
  return {{"clients", std::move(clients)},
          {"all_clients", judged.all_clients},
          {"all_connections", judged.all_connections}};
}

}  // namespace portcullis
