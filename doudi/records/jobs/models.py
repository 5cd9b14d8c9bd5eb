"""Long work with progress that survives a crash."""

from django.db import models


class Job(models.Model):
    """长任务: 键相同的只有一个; 心跳停了由清扫器重新排队, 从上次提交的块继续。"""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    kind = models.CharField("种类", max_length=60)
    key = models.CharField("任务键", max_length=120, unique=True)
    state = models.CharField("任务状态", max_length=10, choices=State, default=State.QUEUED)
    arguments = models.JSONField("参数", default=dict)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("说明", max_length=400, blank=True)
    result = models.JSONField("结果", null=True)
    attempt = models.PositiveIntegerField("第几次", default=0)
    heartbeat_at = models.DateTimeField("心跳", null=True)
    created_by = models.CharField("发起人", max_length=150)
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "任务"
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_sweep")]
