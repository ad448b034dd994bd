//! All plans at a glance: what is new, due, or waits for an answer.
//!
//! A few queries for all relationships together, each over an index that holds what it asks for, so that no text is
//! read and no document loaded. What counts is what the plan's own lists count.

use std::collections::HashMap;

use rusqlite::{Connection, Row, ToSql, named_params};

use crate::Result;
use crate::clock::LocalDate;
use crate::home::CommonGround;
use crate::id::RelationshipId;
use crate::relationship::{Role, people};
use crate::store::Micros;

use super::goal::review::ENDED;
use super::task;
use super::view::PlanOverview;

#[uniffi::export]
impl CommonGround {
    /// All plans of this person at a glance, in the order of [`CommonGround::relationships`]. `on` is the day of the
    /// person who asks. Read from SQL alone, in a few queries for all of them.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::Locked`].
    pub fn plan_overviews(&self, on: LocalDate) -> Result<Vec<PlanOverview>> {
        let home = self.home();
        home.must_be_unlocked()?;
        let on = task::day_of("on", on)?.to_string();
        home.plans.make_all_tables_current()?;
        home.shared.file.read(|connection| of_all(connection, &on))
    }
}

fn of_all(connection: &Connection, on: &str) -> Result<Vec<PlanOverview>> {
    let me = people::me(connection)?.role;
    let mut all = Overviews::of(connection)?;
    all.goals(connection, me, on)?;
    all.news(connection)?;
    all.due_tasks(connection, me, on)?;
    all.offers(connection, me)?;
    all.choices(connection)?;
    Ok(all.list)
}

/// The overviews while they are filled in, and where each of them is.
struct Overviews {
    list: Vec<PlanOverview>,
    place: HashMap<RelationshipId, usize>,
}

impl Overviews {
    /// One of each relationship, still empty.
    fn of(connection: &Connection) -> Result<Self> {
        let list: Vec<PlanOverview> = connection
            .prepare_cached(
                "SELECT relationship.id, person.display_name, relationship.in_step_at
                 FROM relationship JOIN person ON person.id = relationship.other
                 ORDER BY relationship.paired_at, relationship.id",
            )?
            .query_map([], |row| {
                Ok(PlanOverview {
                    relationship: row.get(0)?,
                    name: row.get(1)?,
                    goals: 0,
                    new_goals: 0,
                    due_reviews: 0,
                    due_tasks: 0,
                    offers_to_me: 0,
                    offers_to_other: 0,
                    wordings_to_me: 0,
                    open_choices: 0,
                    in_step_at: row.get::<_, Option<Micros>>(2)?.map(|at| at.0),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let place = list.iter().enumerate().map(|(n, overview)| (overview.relationship, n)).collect();
        Ok(Self { list, place })
    }

    /// Runs a query of which each row begins with a relationship, and writes the rest of it into the overview.
    fn fill(
        &mut self,
        connection: &Connection,
        sql: &str,
        params: &[(&str, &dyn ToSql)],
        write: impl Fn(&mut PlanOverview, &Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<()> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            let place = self.place.get(&row.get(0)?);
            if let Some(overview) = place.and_then(|place| self.list.get_mut(*place)) {
                write(overview, row)?;
            }
        }
        Ok(())
    }

    fn goals(&mut self, connection: &Connection, me: Role, on: &str) -> Result<()> {
        self.fill(
            connection,
            &format!(
                "SELECT relationship, count(*),
                        count(*) FILTER (WHERE review_due <= :on AND state NOT IN {ENDED}),
                        count(*) FILTER (WHERE wording_waits_for = :me AND state NOT IN ('set_aside', 'declined'))
                 FROM goal INDEXED BY goal_glance WHERE archived_at IS NULL GROUP BY relationship"
            ),
            named_params! { ":on": on, ":me": me },
            |overview, row| {
                overview.goals = row.get(1)?;
                overview.due_reviews = row.get(2)?;
                overview.wordings_to_me = row.get(3)?;
                Ok(())
            },
        )
    }

    fn news(&mut self, connection: &Connection) -> Result<()> {
        let sql = "SELECT relationship, count(DISTINCT goal) FROM news GROUP BY relationship";
        self.fill(connection, sql, &[], |overview, row| {
            overview.new_goals = row.get(1)?;
            Ok(())
        })
    }

    /// Those of one's own that [`super::Plan::due_tasks`] lists.
    fn due_tasks(&mut self, connection: &Connection, me: Role, on: &str) -> Result<()> {
        self.fill(
            connection,
            "SELECT task.relationship, count(*)
             FROM task INDEXED BY task_due CROSS JOIN goal INDEXED BY goal_glance
               ON goal.relationship = task.relationship AND goal.id = task.goal
             WHERE task.next_due <= :on AND task.owner IN (:me, 'both')
               AND task.state = 'accepted' AND task.archived_at IS NULL
               AND goal.archived_at IS NULL AND goal.state IN ('open', 'maintained')
               AND NOT EXISTS (SELECT 1 FROM goal_hold
                               WHERE goal_hold.relationship = goal.relationship AND goal_hold.goal = goal.id)
             GROUP BY task.relationship",
            named_params! { ":on": on, ":me": me },
            |overview, row| {
                overview.due_tasks = row.get(1)?;
                Ok(())
            },
        )
    }

    /// Those that [`super::Plan::offers`] lists, by whose answer is still to come.
    fn offers(&mut self, connection: &Connection, me: Role) -> Result<()> {
        self.fill(
            connection,
            "SELECT task.relationship, sum(task.waits_for_client), sum(task.waits_for_therapist)
             FROM task INDEXED BY task_waits CROSS JOIN goal INDEXED BY goal_glance
               ON goal.relationship = task.relationship AND goal.id = task.goal
             WHERE task.state = 'offered' AND task.archived_at IS NULL AND goal.archived_at IS NULL
             GROUP BY task.relationship",
            &[],
            |overview, row| {
                let (client, therapist) = (row.get(1)?, row.get(2)?);
                (overview.offers_to_me, overview.offers_to_other) = match me {
                    Role::Client => (client, therapist),
                    Role::Therapist => (therapist, client),
                };
                Ok(())
            },
        )
    }

    /// Choices of goals that are not put away; each begins with the value that shows meanwhile.
    fn choices(&mut self, connection: &Connection) -> Result<()> {
        self.fill(
            connection,
            "SELECT choice.relationship, count(*)
             FROM choice CROSS JOIN goal INDEXED BY goal_glance
               ON goal.relationship = choice.relationship AND goal.id = choice.goal
             WHERE choice.number = 0 AND goal.archived_at IS NULL
             GROUP BY choice.relationship",
            &[],
            |overview, row| {
                overview.open_choices = row.get(1)?;
                Ok(())
            },
        )
    }
}
