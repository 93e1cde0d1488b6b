"""The straight line: poll a host, enrich a host, assign stories, tell what watches have caught.
Orders the I/O, decides nothing.

Each stage ends in one commit and resumes from the store, so a crash repeats work and never loses
or doubles it. What is decided, and why, stands in core/.

line      what the stages work with
events    what they report
visit     the stay at one host: turns, lease, giving it back
polling   stage 1: feeds; enriching: stage 2, pages; grouping: stage 3, stories
watching  what watches catch, and the messages about it
pages     the pages of one article; manners: what robots.txt says of them
again     texts made again from the pages that are kept
regrouping  stories found anew from what is stored; shelf: what is set aside for it on disk
"""

from aggregator.pipeline.again import AgainFailure, AgainReport, extract_again
from aggregator.pipeline.enriching import TEXTS_AT_A_TIME, enrich_host
from aggregator.pipeline.events import (
    Event,
    FeedPolled,
    HitsCaught,
    NoticesMade,
    NoticeTried,
    StoriesAssigned,
    TextFetched,
    TextsMadeAgain,
    WorkDropped,
)
from aggregator.pipeline.grouping import STORIES_AT_A_TIME, assign_stories
from aggregator.pipeline.line import Fetching, Pipeline
from aggregator.pipeline.pages import MAX_PAGES
from aggregator.pipeline.polling import FEED_ACCEPT, PAGE_ACCEPT, poll_host
from aggregator.pipeline.watching import Watching, run_watches, send_notices

__all__ = (
    "FEED_ACCEPT",
    "MAX_PAGES",
    "PAGE_ACCEPT",
    "STORIES_AT_A_TIME",
    "TEXTS_AT_A_TIME",
    "AgainFailure",
    "AgainReport",
    "Event",
    "FeedPolled",
    "Fetching",
    "HitsCaught",
    "NoticeTried",
    "NoticesMade",
    "Pipeline",
    "StoriesAssigned",
    "TextFetched",
    "TextsMadeAgain",
    "Watching",
    "WorkDropped",
    "assign_stories",
    "enrich_host",
    "extract_again",
    "poll_host",
    "run_watches",
    "send_notices",
)
