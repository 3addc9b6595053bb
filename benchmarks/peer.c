/* The compiled kernel's work in plain C: `simulate` and `derive` of `sim.model`, for scenarios without events and hosts.

Compiled by `peer_c.py`, which writes what stands before this text: the structs `Parameters` and `Timeline`, and the
constants of the rule book and of the tables' columns. Formulas are those of `sim.model.rules`, operations in the same
order, so that results are the same to the bit. */

typedef struct { double rate, chance, close, share, close_at[3], open_at[3], base[2]; } Chain;
typedef struct {
    Chain leaving, coming;
    double usual, limit, aid, win_limit, access, answer, win_answer, weight, pressed[2], stake[2];
    double *bid; /* by month */
} Reference;
typedef struct { double pace[3], come_pace[3], public, base_budget, *running; } Draw;

typedef struct {
    /* One run: where it is, its talks as they are and as they are known, its commitments. */
    int64_t side, after, talks, outcome, opened, idle_since, left, visible;
    double patience, spell, door, knock, shares[2], steady, away, chance, surplus, missing, visible_share;
    int64_t steady_since, tracked;
    double package, package_until, grant, burden, grant_until, book[BOOK], row[COLUMNS];
    /* What bids come to, kept until something they rest on changes; worths and odds are kept for all runs. */
    double bid, bid_worth, counter, answer, answer_worth, base_now, standing, auction, pressed[2], stake[2];
    double stake_worth[2], threat[2], backfire[2], balance[2], wins[2], terms[4], from_taipei;
} State;
enum { OFFER_TERM, AID_TERM, GOVERNMENT_TERM, LAST_TERM };

typedef struct { double *at; int64_t filled, room, width; } Rows;
enum { NO_OUTCOME = -1, FAR = 1000000 };

static double least(double a, double b) { return b < a ? b : a; }
static double most(double a, double b) { return b > a ? b : a; }

static double *new_row(Rows *rows) {
    if (rows->filled == rows->room) {
        rows->room = 2 * rows->room + 1024;
        rows->at = realloc(rows->at, rows->room * rows->width * sizeof(double));
    }
    return rows->at + rows->width * rows->filled++;
}

/* --- random numbers by address: Philox4x32-10 --- */

static double uniform(uint64_t seed, uint32_t run, uint32_t month, uint32_t state, uint32_t purpose) {
    uint32_t c0 = run, c1 = month, c2 = state, c3 = purpose, key_0 = (uint32_t)seed, key_1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t product_0 = 0xD2511F53ull * c0, product_1 = 0xCD9E8D57ull * c2;
        c0 = (uint32_t)(product_1 >> 32) ^ c1 ^ key_0;
        c2 = (uint32_t)(product_0 >> 32) ^ c3 ^ key_1;
        c1 = (uint32_t)product_1;
        c3 = (uint32_t)product_0;
        key_0 += 0x9E3779B9u;
        key_1 += 0xBB67AE85u;
    }
    return (double)((uint64_t)(c0 >> 5) * 67108864u + (c1 >> 6)) * (1.0 / 9007199254740992.0);
}

/* --- rules --- */

static double worth(double share) { return log(1.0 + share); }
static double percent(double million_usd, double gdp) { return 100.0 * million_usd / gdp; }
static double log_odds(double chance) { return log(chance / (1.0 - chance)); }
static double wins(double balance) { return 1.0 / (1.0 + exp(-balance)); }
static double within(double balance) { return most(-MOST_BALANCE, least(MOST_BALANCE, balance)); }
static double monthly_chance(double rate, double exposure) { return -expm1(-rate * exposure / 12.0); }
static double leaving(double rate, double pace, double exposure) {
    return least(MOST_CHANCE, monthly_chance(rate * pace, exposure));
}
static double yearly_rate(double chance, double exposure) {
    return exposure <= 0.0 ? 0.0 : -12.0 * log(1.0 - least(MOST_CHANCE, chance)) / exposure;
}
static double lost_in_all(double public, double lost_public, double lost_silent) {
    return public * lost_public + (1.0 - public) * lost_silent;
}
static double closing_at(double close, double now, double usual) { return least(1.0, close * now / usual); }
static double opening_at(double share, double close_now, double leave_now) {
    return least(1.0, most(0.0, share * (close_now - leave_now) / (1.0 - share)));
}
static double at_odds(double chance, double multiple) {
    double grown = chance * multiple;
    return grown / most(TINY, grown + (1.0 - chance));
}
static double beyond(double u, double share) { return (u - share) / (1.0 - share); }
static double share_after(double share, double close, double opened, double chance) {
    return (share * (1.0 - close) + opened) / (1.0 - chance);
}
static double beijing_bid(double limit, double budget, double left, double trust, double gdp) {
    return trust * percent(least(limit * budget, left), gdp);
}
static double pooled(double mean, double weight, double total, double cases) {
    return (weight * mean + total) / (weight + cases);
}
static double trust_of(double mean, double weight, double total, double cases) {
    return most(LEAST_TRUST, pooled(mean, weight, total, cases));
}
static double reserve_left(double reserve, double base_budget, double budget, double returned, double granted) {
    return most(0.0, (reserve * base_budget + returned) * budget - granted);
}
static double taipei_limit(double ceiling, double base, double standing, double left) {
    return most(standing, least(ceiling * base, standing + left));
}
static double pressure(double attention, double weight, double focus, double public) {
    return least(MOST_PRESSURE, attention * weight * (1.0 + focus * public));
}
static double at_stake(double pressure, double credibility, double dependence, double gdp_at_risk) {
    return pressure / MOST_PRESSURE * credibility * dependence * gdp_at_risk;
}
static double dependence_of(const Timeline *tl, int64_t i) {
    double aid = 0.2 * least(1.0, tl->us_aid[i] / 2.0);
    return least(1.0, tl->dependence_scale[i] * (0.3 * least(1.0, tl->exports[i] / 50.0)
        + 0.3 * least(1.0, tl->remittances[i] / 20.0) + aid + 0.2 * least(1.0, tl->security[i] / 3.0)));
}
static double surplus(double balance, double u) {
    double sure = most(TINY, u);
    return balance - log(sure / (1.0 - sure));
}
static double beijing_pays(double bid, double access, double surplus, double money_effect) {
    double price = most(access, bid - surplus / most(TINY, money_effect));
    return most(0.0, exp(price) - exp(access));
}
static double taipei_pays(double bid, double standing, double surplus, double money_effect) {
    return most(standing, exp(bid + least(0.0, surplus) / most(TINY, money_effect)) - 1.0);
}
static double falls_due(double a_year, double years, double years_left) {
    return a_year * most(0.0, least(years, years_left));
}
static int in_office(int64_t months) {
    return months >= UNKNOWN_MONTHS ? UNKNOWN : months < WINDOW_MONTHS ? FIRST_YEAR : LATER;
}

/* --- what follows from a draw of the parameters --- */

static void paces(const Parameters *p, double effect, double *pace) {
    double centre = log(1.0 + p->window_share * expm1(effect));
    pace[UNKNOWN] = exp(0.0);
    pace[FIRST_YEAR] = exp(effect - centre);
    pace[LATER] = exp(-centre);
}

static void chain(const Parameters *p, Chain *c, double rate, const double *pace, double public) {
    double lost_of_all = lost_in_all(public, p->lost_public, p->lost_silent), fastest = 1.0, lost[2];
    c->rate = rate;
    c->chance = leaving(rate, 1.0, 1.0);
    for (int known = 0; known < 3; known++)
        fastest = most(fastest, leaving(rate, pace[known], 1.0) / c->chance);
    c->close = least(1.0 / fastest, most(-expm1(-1.0 / p->talks_months), 2.0 * c->chance / lost_of_all));
    for (int kind = 0; kind < 2; kind++) {
        double raised = most(1.0, 2.0 * c->chance / (c->close * lost_of_all));
        lost[kind] = least(MOST_CHANCE, (kind ? p->lost_public : p->lost_silent) * raised);
        c->base[kind] = log_odds(lost[kind]);
    }
    c->share = least(MOST_CHANCE, c->chance / (lost_in_all(public, lost[1], lost[0]) * c->close));
    for (int known = 0; known < 3; known++) {
        double now = leaving(rate, pace[known], 1.0);
        c->close_at[known] = closing_at(c->close, now, c->chance);
        c->open_at[known] = opening_at(c->share, c->close_at[known], now);
    }
}

static double usual_package(const Timeline *tl, const Parameters *p, double log_gdp) {
    double size = log_gdp - tl->mean_log_gdp;
    return exp(p->package_size + p->package_elasticity * size + tl->mean_log_gdp) / 100.0;
}

static double limit_of(const Parameters *p, double log_gdp, double prestige, double z) {
    return prestige
        * exp(log(p->valuation) + p->valuation_elasticity * (log_gdp - LOG_3000) + p->valuation_spread * z);
}

static double base_aid(const Parameters *p, double documented, double log_gdp, double mean_weight) {
    return !isnan(documented) ? documented : p->aid_per_ally * exp(p->aid_elasticity * log_gdp) / mean_weight;
}

static double win_limit(const Parameters *p, double log_gdp) {
    return exp(log(p->winning) + p->winning_elasticity * (log_gdp - LOG_3000));
}

static void derive(const Timeline *tl, const Parameters *p, const double *spread, Draw *d, Reference *reference) {
    double mean_weight = 0.0;
    for (int64_t t = 0; t < tl->months; t++) d->running[t] = 0.0;
    for (int64_t k = 0; k < tl->departures; k++) {
        double dollars = usual_package(tl, p, tl->running_log_gdp[k]);
        if (!isnan(tl->running_percent[k])) dollars = tl->running_percent[k] / 100.0 * exp(tl->running_log_gdp[k]);
        for (int64_t t = 0; t < tl->months; t++)
            if (t - tl->running_since[k] < 12.0 * p->package_years) d->running[t] += dollars;
    }
    for (int64_t k = 0; k < tl->allies; k++) mean_weight += exp(p->aid_elasticity * tl->reference_log_gdp[k]);
    mean_weight /= tl->allies > 1 ? tl->allies : 1;
    d->base_budget = 0.0;
    for (int64_t k = 0; k < tl->allies; k++)
        d->base_budget += base_aid(p, tl->reference_own_aid[k], tl->reference_log_gdp[k], mean_weight);
    double in_public = p->public_share * p->lost_silent, in_silence = (1.0 - p->public_share) * p->lost_public;
    d->public = in_public / (in_public + in_silence);
    paces(p, p->window_effect, d->pace);
    paces(p, p->return_window_effect, d->come_pace);

    double left = reserve_left(p->reserve, d->base_budget, 1.0, 0.0, 0.0);
    double credible = pooled(p->credibility, p->trust_weight, 0.0, 0.0);
    for (int64_t i = 0; i < tl->states; i++) {
        Reference *r = reference + i;
        const double *x = tl->covariates + 5 * i, *y = tl->return_covariates + 3 * i;
        double multiple = log(most(tl->susceptibility[i], 1e-300)), own = log(p->holy_see_rate);
        if (tl->economy[i])
            own = log(p->departure_rate) + p->population_effect * x[0] + p->americas_effect * x[1]
                + p->us_aid_effect * x[2] + p->switched_effect * x[3] + p->silent_effect * x[4];
        double back = log(p->return_rate) + p->return_population_effect * y[0] + p->return_income_effect * y[1]
            + p->return_switched_effect * y[2];
        chain(p, &r->leaving, exp(own + multiple), d->pace, d->public);
        chain(p, &r->coming, exp(back + multiple), d->come_pace, d->public);

        double limit_ref = 0.0, aid_ref = 0.0, win_ref = 0.0, gdp = tl->gdp_ref[i];
        r->usual = r->limit = r->aid = r->win_limit = 0.0;
        if (tl->economy[i]) {
            r->usual = usual_package(tl, p, tl->log_gdp[i]);
            r->limit = limit_of(p, tl->log_gdp[i], tl->prestige[i], spread[i]);
            limit_ref = limit_of(p, tl->log_gdp_ref[i], tl->prestige_ref[i], spread[i]);
            r->aid = base_aid(p, tl->own_aid[i], tl->log_gdp[i], mean_weight);
            aid_ref = base_aid(p, tl->own_aid_ref[i], tl->log_gdp_ref[i], mean_weight);
            r->win_limit = win_limit(p, tl->log_gdp[i]);
            win_ref = win_limit(p, tl->log_gdp_ref[i]);
        }
        int64_t region = tl->region[i];
        double trust = trust_of(
            tl->delivered_mean, p->trust_weight, tl->delivered_total[region], tl->delivered_cases[region]);
        r->access = worth(tl->access[i]);
        for (int64_t t = 0; t < tl->months; t++)
            if (t > 0 && d->running[t] == d->running[t - 1])
                r->bid[t] = r->bid[t - 1];
            else {
                double purse = most(0.0, p->purse * 1.0 - d->running[t]);
                r->bid[t] = worth(beijing_bid(limit_ref, 1.0, purse, trust, gdp) + tl->access_ref[i]);
            }
        r->answer = worth(percent(taipei_limit(p->ceiling, aid_ref, aid_ref, left), gdp));
        r->win_answer = worth(percent(win_ref, gdp));
        r->weight = region == 0 ? 1.0 : region == 1 ? p->pressure_oceania : p->pressure_elsewhere;
        for (int kind = 0; kind < 2; kind++) {
            r->pressed[kind] = pressure(1.0, r->weight, p->pressure_focus, kind);
            r->stake[kind] = worth(at_stake(r->pressed[kind], credible, tl->dependence_ref[i], p->gdp_at_risk));
        }
    }
}

/* --- accounts --- */

static void package_ends(double *book, int64_t t, double years_left) {
    double rest = falls_due(book[OWED], (book[OWED_UNTIL] - t) / 12.0, years_left);
    book[BEIJING_PROMISES] -= rest;
    book[BEIJING_DELIVERS] -= book[OWED_SHARE] * rest;
    book[OWED] = 0.0;
}

static void package_begins(double *book, int64_t t, double a_year, double share, double years, double years_left) {
    package_ends(book, t, years_left);
    book[OWED] = a_year, book[OWED_SHARE] = share, book[OWED_UNTIL] = t + 12.0 * years;
    double due = falls_due(a_year, years, years_left);
    book[BEIJING_PROMISES] += due;
    book[BEIJING_DELIVERS] += share * due;
}

/* --- one month of one state: what is bid, what is known of its talks, and whether they open or close --- */

typedef struct {
    const Timeline *tl;
    const Parameters *p;
    const Draw *d;
    uint64_t seed;
    int64_t run, t;
    double exposure, purse, reserve, credible, trusts[REGIONS], turn, accepts;
    const double *fresh;
} Month;

/* Purposes of random numbers, by the side that talks would take the state from. */
static const uint32_t TALKING[2] = {IN_TALKS, COME_IN_TALKS}, OPENS[2] = {OPENING, COME_OPENING};
static const uint32_t PUBLICLY[2] = {PUBLIC, COME_PUBLIC}, CLOSES[2] = {CLOSING, COME_CLOSING};
static const uint32_t WINS[2] = {LUCK, COME_LUCK};

static double luck(const Month *m, int64_t i, int64_t month, uint32_t purpose) {
    return uniform(m->seed, (uint32_t)m->run, (uint32_t)month, (uint32_t)m->tl->code[i], purpose);
}

static void talks_open(const Month *m, State *s, int64_t i, int64_t month, int64_t at) {
    s->talks = luck(m, i, month, PUBLICLY[s->side]) < m->d->public ? IN_PUBLIC : SILENT;
    s->opened = at, s->door = 1.0;
    s->knock = luck(m, i, month, CLOSES[s->side]);
}

/* A state begins with Taipei, or away from it: perhaps in talks already, of which nobody knows. */
static void settles(const Month *m, State *s, const Reference *r, int64_t i, int64_t month, int64_t at) {
    const Chain *c = s->side == TAIPEI ? &r->leaving : &r->coming;
    s->shares[0] = c->share * (1.0 - m->d->public);
    s->shares[1] = c->share * m->d->public;
    s->talks = IDLE, s->idle_since = at, s->patience = 1.0;
    double u = luck(m, i, month, TALKING[s->side]);
    if (u < c->share)
        talks_open(m, s, i, month, at);
    else
        s->spell = s->side == TAIPEI ? luck(m, i, month, OPENS[TAIPEI]) : beyond(u, c->share);
}

static void may_open(const Month *m, State *s, int64_t i, double open_now) {
    if (s->talks == IDLE && s->idle_since < m->t) {
        s->patience *= 1.0 - open_now;
        if (s->patience < s->spell) talks_open(m, s, i, m->tl->calendar_month[m->t], m->t);
    }
}

static void may_close(const Month *m, State *s, int64_t i, double close) {
    if (s->talks == IDLE || s->opened >= m->t) return;
    s->door *= 1.0 - close;
    if (s->door >= s->knock) return;
    int64_t since = s->opened < 0 ? m->tl->calendar_month[0] - 1 : m->tl->calendar_month[s->opened];
    double u = luck(m, i, since, WINS[s->side]);
    s->outcome = NOT_TAKEN;
    if (u >= m->accepts) return;
    u /= m->accepts;
    int kind = (int)(s->talks - SILENT);
    s->surplus = surplus(s->balance[kind], u);
    s->outcome = u < s->wins[kind] ? LEFT : STAYED;
    if (s->outcome == LEFT) s->after = s->side == TAIPEI ? BEIJING : TAIPEI;
}

static void weighs(State *s, int kind, double odds) {
    if (odds != s->balance[kind]) s->balance[kind] = odds, s->wins[kind] = wins(odds);
}

static void beijing_bids(const Month *m, State *s, const Reference *r, int64_t i) {
    double trust = m->trusts[m->tl->region[i]];
    double offered = beijing_bid(r->limit, m->tl->beijing_budget[m->t], m->purse, trust, m->tl->gdp[i]);
    if (offered != s->bid) s->bid = offered, s->bid_worth = worth(offered + m->tl->access[i]);
}

static void taipei_bids(const Month *m, State *s, int64_t i) {
    s->counter = percent(s->auction, m->tl->gdp[i]);
    if (s->counter != s->answer) s->answer = s->counter, s->answer_worth = worth(s->counter);
}

static void fill_row(const Month *m, State *s, const Chain *c) {
    int kind = s->talks == IN_PUBLIC;
    memset(s->row, 0, sizeof s->row);
    s->row[SIDE] = s->side, s->row[TALKS_COLUMN] = s->talks;
    s->row[T_BASE] = c->base[kind];
    s->row[T_OFFER] = s->terms[OFFER_TERM], s->row[T_AID] = s->terms[AID_TERM];
    s->row[T_GOVERNMENT] = s->terms[GOVERNMENT_TERM];
    if (s->side == TAIPEI) {
        s->row[T_THREAT] = s->threat[kind], s->row[T_BACKFIRE] = s->backfire[kind];
        s->row[T_NEIGHBOURS] = s->terms[LAST_TERM];
    } else
        s->row[T_SHORTFALL] = s->terms[LAST_TERM];
    s->row[ACCEPTANCE] = m->accepts, s->row[CHANCE] = m->accepts * s->wins[kind];
    s->row[HAZARD] = yearly_rate(s->chance, m->exposure);
}

static void washington_weighs(const Month *m, State *s, const Reference *r, int64_t i) {
    const Timeline *tl = m->tl;
    const Parameters *p = m->p;
    double dependence = dependence_of(tl, i), hostility = least(MOST_PRESSURE, tl->hostility[m->t]);
    for (int kind = 0; kind < 2; kind++) {
        s->pressed[kind] = pressure(tl->washington_attention[m->t], r->weight, m->turn, kind);
        double stake = at_stake(s->pressed[kind], m->credible, dependence, p->gdp_at_risk);
        if (stake != s->stake[kind]) s->stake[kind] = stake, s->stake_worth[kind] = worth(stake);
        s->threat[kind] = -p->money_effect * (s->stake_worth[kind] - r->stake[kind]);
        double felt = s->pressed[kind] + hostility;
        s->backfire[kind] = p->backfire_effect * tl->pride[i] * (felt * felt - r->pressed[kind] * r->pressed[kind]);
    }
    s->terms[GOVERNMENT_TERM] = p->lean_effect * (tl->lean[i] - tl->lean_ref[i]);
}

static void ally_month(const Month *m, State *s, const Reference *r, int64_t i, int stale, int relevel) {
    const Timeline *tl = m->tl;
    const Parameters *p = m->p;
    const Chain *c = &r->leaving;
    int64_t t = m->t;
    int known = in_office(t - tl->government_since[i]);
    s->after = s->side, s->outcome = NO_OUTCOME;
    double close = c->close_at[known], open_now = c->open_at[known], public = m->d->public;
    if (t == 0) {
        double now = leaving(c->rate, m->d->pace[known], m->exposure);
        close = closing_at(c->close, now, c->chance);
        open_now = opening_at(c->share, close, now);
    }
    open_now = at_odds(open_now, tl->beijing_approach[t]);
    may_open(m, s, i, open_now);
    if (relevel) washington_weighs(m, s, r, i);
    if (stale || relevel) {
        beijing_bids(m, s, r, i);
        s->base_now = r->aid * tl->taipei_budget[t];
        s->standing = s->base_now + s->grant;
        s->auction = taipei_limit(p->ceiling, s->base_now, s->standing, m->reserve);
        taipei_bids(m, s, i);
        s->from_taipei = s->standing;
        s->terms[OFFER_TERM] = p->money_effect * (s->bid_worth - r->bid[t]);
        s->terms[AID_TERM] = -p->money_effect * (s->answer_worth - r->answer);
        s->terms[LAST_TERM] = p->neighbours_effect * m->fresh[tl->subregion[i]];
        for (int kind = 0; kind < 2; kind++)
            weighs(s, kind, within(c->base[kind] + s->terms[OFFER_TERM] + s->terms[AID_TERM] + s->threat[kind]
                + s->backfire[kind] + s->terms[GOVERNMENT_TERM] + s->terms[LAST_TERM]));
    }

    /* What is known of its talks, and so the chance that it leaves. */
    double idle = 1.0 - s->shares[0] - s->shares[1];
    double met = close * (s->shares[0] * s->wins[0] + s->shares[1] * s->wins[1]);
    s->chance = least(MOST_CHANCE, m->accepts * met);
    double opening = idle * open_now;
    s->shares[0] = share_after(s->shares[0], close, opening * (1.0 - public), s->chance);
    s->shares[1] = share_after(s->shares[1], close, opening * public, s->chance);
    may_close(m, s, i, close);
    if (s->outcome != NO_OUTCOME) fill_row(m, s, c);
}

static void other_month(const Month *m, State *s, const Reference *r, int64_t i) {
    const Timeline *tl = m->tl;
    const Parameters *p = m->p;
    const Chain *c = &r->coming;
    int64_t t = m->t;
    int known = in_office(t - tl->government_since[i]);
    s->after = s->side, s->outcome = NO_OUTCOME;
    double close = c->close_at[known], public = m->d->public;
    if (tl->taipei_wooing[t] != 1.0) s->tracked = 1;
    double open_now = at_odds(c->open_at[known], tl->taipei_wooing[t]);
    may_open(m, s, i, open_now);
    beijing_bids(m, s, r, i);
    s->auction = r->win_limit * tl->taipei_wooing[t] * tl->taipei_budget[t];
    taipei_bids(m, s, i);
    s->terms[OFFER_TERM] = -p->money_effect * (s->bid_worth - r->bid[t]);
    s->terms[AID_TERM] = p->money_effect * (s->answer_worth - r->win_answer);
    s->terms[GOVERNMENT_TERM] = p->return_lean_effect * (tl->lean_ref[i] - tl->lean[i]);
    s->terms[LAST_TERM] = p->shortfall_effect * (s->missing * least((t - s->left) / 12.0, p->package_years));
    for (int kind = 0; kind < 2; kind++)
        weighs(s, kind, within(c->base[kind] + s->terms[OFFER_TERM] + s->terms[AID_TERM]
            + s->terms[GOVERNMENT_TERM] + s->terms[LAST_TERM]));
    s->chance = least(
        MOST_CHANCE, m->accepts * (close * (s->shares[0] * s->wins[0] + s->shares[1] * s->wins[1])));
    if (s->tracked) {
        double opening = (1.0 - s->shares[0] - s->shares[1]) * open_now;
        s->shares[0] = share_after(s->shares[0], close, opening * (1.0 - public), s->chance);
        s->shares[1] = share_after(s->shares[1], close, opening * public, s->chance);
    }
    may_close(m, s, i, close);
    if (s->chance != s->steady) {
        s->away += -((t - s->steady_since) * s->steady);
        s->steady = s->chance, s->steady_since = t;
    }
    if (s->outcome != NO_OUTCOME) fill_row(m, s, c);
}

/* --- settlement: prices and commitments --- */

static double promised_price(const Month *m, const State *s, const Reference *r, int64_t i, double ahead) {
    /* No offer is told, so the purse bears it all. */
    double price = beijing_pays(s->bid_worth, r->access, ahead, m->p->money_effect);
    return most(0.0, price) / m->trusts[m->tl->region[i]];
}

static double arrives(const Month *m, int64_t i) {
    double u = luck(m, i, m->tl->calendar_month[m->t], DELIVERED);
    return m->tl->delivered[(int64_t)(u * m->tl->cases)];
}

static void wins_grant(const Month *m, State *s, double price, double gdp, int64_t *due) {
    s->grant = most(0.0, price / 100.0 * gdp - s->base_now);
    s->burden = least(s->grant, most(0.0, s->auction - s->base_now));
    s->grant_until = m->t + 12.0 * m->p->aid_years;
    *due = (int64_t)least(*due, ceil(s->grant_until));
}

/* Returns whether what others can bid changes. */
static int ally_settles(const Month *m, State *s, const Reference *r, int64_t i, double years_left, int64_t *due) {
    double gdp = m->tl->gdp[i], price;
    if (s->outcome == NO_OUTCOME) return 0;
    if (s->after != TAIPEI) {
        price = promised_price(m, s, r, i, s->surplus);
        s->package = price / 100.0 * gdp, s->package_until = m->t + 12.0 * m->p->package_years;
        s->row[PRICE] = price, s->row[PRICE_MUSD] = price / 100.0 * gdp;
        s->visible_share = s->row[ARRIVES] = arrives(m, i);
        s->visible = m->t + VISIBLE_MONTHS;
        *due = (int64_t)least(*due, least(s->visible, ceil(s->package_until)));
        s->missing = price * (1.0 - s->visible_share);
        package_begins(s->book, m->t, s->row[PRICE_MUSD], s->visible_share, m->p->package_years, years_left);
        s->grant = s->burden = 0.0;
        return 1;
    }
    double stands = percent(s->standing, gdp);
    price = stands;
    if (s->outcome == STAYED) price = taipei_pays(s->answer_worth, stands, s->surplus, m->p->money_effect);
    s->row[PRICE] = price, s->row[PRICE_MUSD] = price / 100.0 * gdp;
    if (price <= stands) return 0;
    wins_grant(m, s, price, gdp, due);
    return 1;
}

static int other_settles(const Month *m, State *s, const Reference *r, int64_t i, double years_left, int64_t *due) {
    double gdp = m->tl->gdp[i], price = 0.0;
    int stale = 0;
    if (s->outcome == NO_OUTCOME) return 0;
    s->base_now = r->aid * m->tl->taipei_budget[m->t];
    if (s->outcome == LEFT) {
        price = taipei_pays(s->answer_worth, 0.0, -s->surplus, m->p->money_effect);
        wins_grant(m, s, price, gdp, due);
    } else if (s->outcome == STAYED) {
        price = promised_price(m, s, r, i, -s->surplus);
        double a_year = price / 100.0 * gdp, owed = m->t >= s->book[OWED_UNTIL] ? 0.0 : s->book[OWED];
        if (a_year > s->package) {
            s->package = a_year, s->package_until = m->t + 12.0 * m->p->package_years;
            *due = (int64_t)least(*due, ceil(s->package_until));
            stale = 1;
        }
        if (a_year > owed) {
            s->row[ARRIVES] = arrives(m, i);
            package_begins(s->book, m->t, a_year, s->row[ARRIVES], m->p->package_years, years_left);
        }
    }
    s->row[PRICE] = price, s->row[PRICE_MUSD] = price / 100.0 * gdp;
    return stale;
}

static void record_talk(const Month *m, const State *s, int64_t i, Rows *talked) {
    double *talk = new_row(talked);
    talk[TALK_RUN] = m->run, talk[TALK_OPENED] = s->opened, talk[TALK_CLOSED] = m->t, talk[TALK_STATE] = i;
    talk[TALK_PUBLIC] = s->talks == IN_PUBLIC, talk[TALK_TRIGGER] = ITSELF;
    talk[TALK_BEIJING] = s->bid, talk[TALK_TAIPEI] = s->counter;
    talk[TALK_PRESSURE] = s->side == TAIPEI ? s->pressed[s->talks == IN_PUBLIC] : 0.0;
    talk[TALK_SIDE] = s->side;
    memcpy(talk + TALK_TERM, s->row + T_BASE, (TALK_END - TALK_TERM) * sizeof(double));
    talk[TALK_END] = s->row[ACCEPTANCE], talk[TALK_END + 1] = s->row[CHANCE], talk[TALK_END + 2] = s->outcome;
    talk[TALK_END + 3] = s->row[PRICE], talk[TALK_END + 4] = s->row[PRICE_MUSD];
}

static void changes_side(const Month *m, State *s, const Reference *r, int64_t i, double *fresh, double years_left) {
    int64_t t = m->t;
    if (s->side == TAIPEI) {
        s->left = t;
        fresh[m->tl->subregion[i]] += 1.0;
        s->tracked = r->coming.chance > SELDOM;
    } else {
        s->away += -((t + 1 - s->steady_since) * s->steady);
        s->package = 0.0;
        package_ends(s->book, t, years_left);
    }
    s->steady = 0.0, s->steady_since = t + 1;
    s->side = s->after;
    settles(m, s, r, i, m->tl->calendar_month[t], t);
}

/* Commitments that end, and what becomes visible of promises; returns when the next is due. */
static int64_t falls_due_now(const Month *m, State *states, double learned[REGIONS][2]) {
    double due = FAR, t = (double)m->t;
    for (int64_t i = 0; i < m->tl->states; i++) {
        State *s = states + i;
        if (s->package > 0.0) {
            if (t >= s->package_until) s->package = 0.0;
            else due = least(due, ceil(s->package_until));
        }
        if (s->grant > 0.0) {
            if (t >= s->grant_until) s->grant = s->burden = 0.0;
            else due = least(due, ceil(s->grant_until));
        }
        if (t >= s->visible) {
            for (int region = 0; region < REGIONS; region++) {
                double weight = region == m->tl->region[i] ? m->p->learning : m->p->learning * ELSEWHERE;
                learned[region][0] += weight * s->visible_share;
                learned[region][1] += weight;
            }
            s->visible = FAR;
        } else
            due = least(due, s->visible);
    }
    return (int64_t)due;
}

/* What the patrons can bid with this month. */
static void means(Month *m, const State *states, const Reference *reference, double learned[REGIONS][2]) {
    const Timeline *tl = m->tl;
    const Parameters *p = m->p;
    double running = m->d->running[m->t], returned = 0.0, granted = 0.0;
    for (int64_t i = 0; i < tl->states; i++) {
        running += states[i].package;
        granted += states[i].burden;
        if (states[i].side != TAIPEI) returned += reference[i].aid;
    }
    m->purse = most(0.0, p->purse * tl->beijing_budget[m->t] - running);
    m->reserve = reserve_left(p->reserve, m->d->base_budget, tl->taipei_budget[m->t], returned, granted);
    m->credible = pooled(p->credibility, p->trust_weight, 0.0, 0.0);
    for (int region = 0; region < REGIONS; region++)
        m->trusts[region] = trust_of(tl->delivered_mean, p->trust_weight,
            tl->delivered_total[region] + learned[region][0], tl->delivered_cases[region] + learned[region][1]);
    m->turn = isnan(tl->washington_focus[m->t]) ? p->pressure_focus : tl->washington_focus[m->t];
}

static void one_run(Month *m, State *states, const Reference *reference, const double *years_left, double *fresh,
                    const int64_t *horizons, int64_t n_horizons, uint8_t *counts, double *expected, Rows *changes,
                    Rows *talked) {
    const Timeline *tl = m->tl;
    int64_t n = tl->states, count = n, due = FAR, horizon = 0;
    double learned[REGIONS][2] = {{0.0}};
    int stale = 1, relevel = 1;
    memcpy(fresh, tl->fresh_switches, tl->subregions * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        State *s = states + i;
        memset(s, 0, offsetof(State, bid)); /* all of the run, none of what is kept */
        s->side = TAIPEI, s->left = tl->left[i], s->visible = FAR, s->door = s->knock = s->spell = 1.0;
        settles(m, s, reference + i, i, tl->calendar_month[0] - 1, -1);
    }
    for (int64_t t = 0; t < tl->months; t++) {
        m->t = t, m->exposure = tl->exposure[t];
        relevel |= tl->stirs[t];
        if (t >= due) {
            due = falls_due_now(m, states, learned);
            stale = 1;
        }
        if ((t > 0 && m->d->running[t] != m->d->running[t - 1]) || m->p->neighbours_effect != 0.0) stale = 1;
        if (stale || relevel) means(m, states, reference, learned);
        for (int64_t i = 0; i < n; i++)
            if (states[i].side == TAIPEI) {
                m->accepts = tl->beijing_acceptance[t];
                ally_month(m, states + i, reference + i, i, stale, relevel);
                states[i].book[TAIPEI_PAYS] += states[i].from_taipei * (m->exposure / 12.0);
                states[i].away += states[i].chance;
            } else {
                m->accepts = tl->taipei_acceptance[t];
                other_month(m, states + i, reference + i, i);
            }
        if (horizon < n_horizons && t == horizons[horizon]) {
            for (int64_t i = 0; i < n; i++) {
                double by_now = states[i].away, *sum = expected + 2 * (n_horizons * i + horizon);
                if (states[i].side != TAIPEI) by_now += -((t + 1 - states[i].steady_since) * states[i].steady);
                sum[0] += by_now;
                sum[1] += by_now * by_now;
            }
            horizon++;
        }
        stale = relevel = 0;
        for (int64_t k = 0; k < tl->subregions; k++) fresh[k] *= tl->monthly_year_fade;
        for (int64_t i = 0; i < n; i++) {
            State *s = states + i;
            const Reference *r = reference + i;
            if (s->outcome == NO_OUTCOME) continue;
            stale |= (s->side == TAIPEI ? ally_settles : other_settles)(m, s, r, i, years_left[t], &due);
            if (talked) record_talk(m, s, i, talked);
            s->talks = IDLE, s->idle_since = t, s->patience = s->door = 1.0;
            if (s->after == s->side) {
                s->spell = luck(m, i, tl->calendar_month[t], OPENS[s->side]);
                continue;
            }
            stale = relevel = 1;
            double *change = new_row(changes);
            change[0] = m->run, change[1] = t, change[2] = i, change[3] = s->side, change[4] = s->after;
            memcpy(change + HEAD, s->row, sizeof s->row);
            count += s->side == TAIPEI ? -1 : 1;
            changes_side(m, s, r, i, fresh, years_left[t]);
        }
        counts[2 * t] = (uint8_t)count, counts[2 * t + 1] = 0;
    }
    counts[0] = (uint8_t)n;
}

/* Runs 0 to `runs` - 1, as `sim.model.kernel.simulate` has them; `changes` and `talked` (or NULL) grow as needed. */
void simulate(const Timeline *tl, const Parameters *parameters, const double *spreads, uint64_t seed, int64_t runs,
              const int64_t *horizons, int64_t n_horizons, uint8_t *counts, double *expected, double *accounts,
              int64_t kept, Rows *changes, Rows *talked) {
    int64_t n = tl->states, months = tl->months;
    State *states = calloc(n, sizeof(State));
    Reference *reference = calloc(n, sizeof(Reference));
    double *bids = calloc(n * months, sizeof(double)), *years_left = calloc(months, sizeof(double));
    double *fresh = calloc(tl->subregions, sizeof(double));
    Draw d = {.running = calloc(months, sizeof(double))};
    for (int64_t t = months - 1; t > 0; t--) years_left[t - 1] = years_left[t] + tl->exposure[t] / 12.0;
    for (int64_t i = 0; i < n; i++) {
        State *s = states + i;
        reference[i].bid = bids + months * i;
        s->bid = s->answer = s->stake[0] = s->stake[1] = s->balance[0] = s->balance[1] = NAN;
    }
    for (int64_t run = 0; run < runs; run++) {
        int64_t draw = run / RUNS_PER_DRAW;
        Month m = {.tl = tl, .p = parameters + draw, .d = &d, .seed = seed, .run = run, .fresh = fresh};
        if (run % RUNS_PER_DRAW == 0) derive(tl, m.p, spreads + n * draw, &d, reference);
        one_run(&m, states, reference, years_left, fresh, horizons, n_horizons, counts + 2 * months * run,
                expected + 2 * n_horizons * n * draw, changes, run < kept ? talked : NULL);
        for (int64_t i = 0; run < kept && i < n; i++)
            memcpy(accounts + ACCOUNTS * (n * run + i), states[i].book, ACCOUNTS * sizeof(double));
    }
    free(states), free(reference), free(bids), free(years_left), free(fresh), free(d.running);
}

void release(Rows *rows) { free(rows->at); }
